package org.bitloom.runtime.quant;

/**
 * What a scale must do: bring an extent of weights into an extent of values, so the ideal scale is their quotient.
 *
 * @param weights 0 where all weights are zero
 * @param values above 0
 */
record Need(double weights, double values) {
  static final Need NOTHING = new Need(0, 1);

  double scale() {
    return weights / values;
  }

  Need larger(Need other) {
    return other.scale() > scale() ? other : this;
  }

  /** Floor of log2 of the weights less floor of log2 of the values (OCP Microscaling Formats 1.0, section 6.3). */
  int exponent(double coarseScale) {
    return Math.getExponent(weights / coarseScale) - Math.getExponent(values);
  }
}
