package org.bitloom.codegen.ir;

/**
 * What turns a sum of stored operands into the sum of values: with {@code value = p * stored + q} on each side,
 * {@code sum(w a) = pw pa sum(ow oa) + pw qa sum(ow) + qw pa sum(oa) + k qw qa}. Everything is modulo 2^32, hence exact
 * where the result fits 32 bits.
 *
 * @param weights how a stored weight is read
 * @param activations how a stored activation is read
 */
public record Correction(Reading weights, Reading activations) {
  /** A value is {@code factor * stored + offset}. */
  public record Reading(int factor, int offset) {
    public Reading {
      if (factor == 0) {
        throw new IllegalArgumentException("a stored number counts");
      }
    }
  }

  /** Factor of the sum of products. */
  public int products() {
    return weights.factor() * activations.factor();
  }

  /** Factor of the sum of a row's stored weights; 0 where it is not needed. */
  public int weightSums() {
    return weights.factor() * activations.offset();
  }

  /** Factor of the sum of a token's stored activations; 0 where it is not needed. */
  public int activationSums() {
    return weights.offset() * activations.factor();
  }

  /** What each of the k terms adds. */
  public int each() {
    return weights.offset() * activations.offset();
  }
}
