package org.bitloom.codegen.ir;

import org.bitloom.runtime.api.ActivationType;

/** How activations reach the MMA: the number type of its operands, and what is done to x on the way. */
public enum ActivationForm {
  /** x is f16 and so are the operands. */
  F16,
  /**
   * x is bf16 and so are the operands. x is multiplied by 2^64, exactly: decoded weights are tiny bf16 numbers (their exponent
   * is not re-biased), and without the factor their products would leave the range of f32.
   */
  BF16,
  /**
   * x is f16, the operands are bf16: x 2^64 is split into a high and a low bf16 part, which together hold all of its 11 bits.
   * For formats whose exponents f16 cannot hold.
   */
  F16_AS_TWO_BF16;

  /** The power of two by which x is multiplied before the MMA. */
  public int scaleExponent() {
    return this == F16 ? 0 : 64;
  }

  /** MMA operands made of each activation. */
  public int parts() {
    return this == F16_AS_TWO_BF16 ? 2 : 1;
  }

  /** Number type of the MMA operands. */
  public ActivationType operand() {
    return this == F16 ? ActivationType.F16 : ActivationType.BF16;
  }
}
