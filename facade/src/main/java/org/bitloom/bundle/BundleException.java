package org.bitloom.bundle;

/** A bundle cannot be made; the message says why and what to do. */
public final class BundleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BundleException(String message) {
    super(message);
  }
}
