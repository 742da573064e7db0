package org.bitloom.job;

/** What the user gave cannot be used; the message says what was wrong and what was expected. */
public final class BadInput extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The input is wrong for the reason that {@code message} gives. */
  public BadInput(String message) {
    super(message);
  }

  /** As above, found by way of {@code cause}. */
  public BadInput(String message, Throwable cause) {
    super(message, cause);
  }
}
