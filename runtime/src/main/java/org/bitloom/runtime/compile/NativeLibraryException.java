package org.bitloom.runtime.compile;

/** A native library is missing or does not fit; the message says what to do. */
public final class NativeLibraryException extends RuntimeException {
  public NativeLibraryException(String message) {
    super(message);
  }

  public NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
