package org.bitloom.runtime.numeric;

/**
 * The finite numbers of a small binary float type, as a grid to round float64 numbers to. Rounding goes from float64 to the
 * grid in one step (IEEE 754 round to nearest, ties to even), so there is no double rounding through float32.
 *
 * @param mantissaBits stored bits of the significand
 * @param minExponent exponent of the smallest normal number
 * @param largest the largest finite number
 */
public record FloatGrid(int mantissaBits, int minExponent, double largest) {
  /** IEEE 754 binary16. */
  public static final FloatGrid F16 = new FloatGrid(10, -14, 65504);
  /** bfloat16: the upper half of binary32. */
  public static final FloatGrid BF16 = new FloatGrid(7, -126, 0x1.fep127);
  /** IEEE 754 binary32. */
  public static final FloatGrid F32 = new FloatGrid(23, -126, Float.MAX_VALUE);
  /** OCP FP8 E4M3. */
  public static final FloatGrid E4M3 = new FloatGrid(3, -6, 448);

  /** The nearest grid point; what rounds past {@link #largest()} is infinite. */
  public double round(double x) {
    if (x == 0 || !Double.isFinite(x)) {
      return x;
    }
    int quantum = Math.max(Math.getExponent(x), minExponent) - mantissaBits;
    double rounded = Math.scalb(Math.rint(Math.scalb(x, -quantum)), quantum);
    return Math.abs(rounded) > largest ? Math.copySign(Double.POSITIVE_INFINITY, x) : rounded;
  }

  /** The nearest grid point; what rounds past {@link #largest()} is {@link #largest()}. */
  public double saturate(double x) {
    double rounded = round(x);
    return Double.isInfinite(rounded) ? Math.copySign(largest, x) : rounded;
  }

  /** The smallest positive number, a subnormal. */
  public double smallest() {
    return Math.scalb(1.0, minExponent - mantissaBits);
  }
}
