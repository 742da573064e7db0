package org.bitloom.codegen.ir;

import org.bitloom.codegen.ir.IntegerIr.Line;

/**
 * What turns a sum of products of stored operands into the sum of products of values, for lines {@code value = step * operand +
 * low}: {@code sum(w a) = products * sum(ow oa) + weightSums * sum(ow) + activationSums * sum(oa) + k * each}. Everything is
 * modulo 2^32, hence exact where the result fits 32 bits.
 */
public record Correction(Line weights, Line activations) {
  /** Factor of the sum of products. */
  public int products() {
    return weights.step() * activations.step();
  }

  /** Factor of the sum of a row's stored weights; 0 where it is not needed. */
  public int weightSums() {
    return weights.step() * activations.low();
  }

  /** Factor of the sum of a token's stored activations; 0 where it is not needed. */
  public int activationSums() {
    return weights.low() * activations.step();
  }

  /** What each of the k terms adds. */
  public int each() {
    return weights.low() * activations.low();
  }
}
