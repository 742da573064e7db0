package org.bitloom;

/** A {@code .bl} text has errors, or declares what no kernel family can run; the message shows each with its place. */
public final class DeclarationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A text is wrong as {@code report} says. */
  public DeclarationException(String report) {
    super(report);
  }
}
