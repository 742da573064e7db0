package org.bitloom.runtime.api;

/** What a kernel reads of quantized activations. */
public enum OperandForm {
  /** One bit for each code bit, of all features side by side. An operand is the code u. */
  PLANES,
  /** One byte for each activation: its value as s8, or the code u where values do not fit s8 ({@code bipolar 8}). */
  BYTES
}
