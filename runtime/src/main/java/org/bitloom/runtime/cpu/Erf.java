package org.bitloom.runtime.cpu;

/**
 * The complementary error function in float64, by the two expansions of Abramowitz and Stegun: the series 7.1.6 near zero,
 * the continued fraction 7.1.14 in the tails, where it keeps its relative accuracy.
 */
final class Erf {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
  private static final double TAIL = 1.5;
  private static final int FRACTION_DEPTH = 160;

  private Erf() {
  }

  /** 1 - erf(x). */
  static double erfc(double x) {
    if (x < -TAIL) {
      return 2 - tail(-x);
    }
    return x > TAIL ? tail(x) : 1 - series(x);
  }

  /** erf(x) = 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)): terms of one sign, no cancellation. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
  }

  /** erfc(x) = exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))). */
  private static double tail(double x) {
    double fraction = x;
    for (int n = FRACTION_DEPTH; n > 0; n--) {
      fraction = x + n / 2.0 / fraction;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }
}
