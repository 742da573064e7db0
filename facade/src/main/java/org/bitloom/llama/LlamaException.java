package org.bitloom.llama;

/** A file is no Llama model, or one that this package cannot compute; the message says why. */
public final class LlamaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LlamaException(String message) {
    super(message);
  }

  LlamaException(String message, Throwable cause) {
    super(message, cause);
  }
}
