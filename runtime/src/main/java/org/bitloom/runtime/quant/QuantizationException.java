package org.bitloom.runtime.quant;

/** Weights that cannot be quantized, or a format that no quantizer serves; the message says which and why. */
public final class QuantizationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QuantizationException(String message) {
    super(message);
  }

  /** The same failure, with the place where it happened put in front. */
  public QuantizationException(String place, QuantizationException cause) {
    super(place + ": " + cause.getMessage(), cause);
  }
}
