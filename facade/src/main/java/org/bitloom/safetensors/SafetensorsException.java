package org.bitloom.safetensors;

import java.nio.file.Path;

/** A file that is no valid safetensors file, or not the one that was expected; the message names file and tensor. */
public final class SafetensorsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SafetensorsException(Path file, String message) {
    super(file + ": " + message);
  }

  public SafetensorsException(Path file, String message, Throwable cause) {
    super(file + ": " + message, cause);
  }
}
