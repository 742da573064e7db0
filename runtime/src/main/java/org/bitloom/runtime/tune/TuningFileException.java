package org.bitloom.runtime.tune;

/** A tuning file cannot be read or must not be written; the message names it and says why. */
public final class TuningFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TuningFileException(String message) {
    super(message);
  }

  TuningFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
