package org.bitloom.runtime.measure;

/** Measuring failed: names the call and its status. */
public final class MeasureException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MeasureException(String message) {
    super(message);
  }

  MeasureException(String message, Throwable cause) {
    super(message, cause);
  }
}
