package org.bitloom.emulator.arith;

/** The 8-bit floating-point formats of PTX (PTX ISA 5.2.3 alternate formats; OCP 8-bit floating point specification). */
public enum Fp8 {
  /** No infinities; 0x7f is NaN; largest number 448. */
  E4M3(3, -6, 8, 448),
  /** As IEEE 754; largest number 57344. */
  E5M2(2, -14, 15, 57344);

  private static final int NAN = 0x7f;

  private final int mantissa;
  private final int minExponent;
  private final int maxExponent;
  private final double max;

  Fp8(int mantissa, int minExponent, int maxExponent, double max) {
    this.mantissa = mantissa;
    this.minExponent = minExponent;
    this.maxExponent = maxExponent;
    this.max = max;
  }

  /** The value of {@code bits}. */
  public double decode(int bits) {
    int magnitude = bits & 0x7f;
    int e = magnitude >> mantissa;
    int m = magnitude & (1 << mantissa) - 1;
    double value;
    if (mantissa == 3 && magnitude == NAN) {
      value = Double.NaN;
    } else if (mantissa == 2 && e == 31) {
      value = m == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else {
      value = e == 0
          ? Math.scalb((double) m, minExponent - mantissa)
          : Math.scalb((double) ((1 << mantissa) + m), e - 1 + minExponent - mantissa);
    }
    return (bits & 0x80) == 0 ? value : -value;
  }

  /** The value of {@code bits} as f16, which holds all of them. */
  public int toF16(int bits) {
    return Rounding.toF16(decode(bits), Rounding.Mode.NEAREST_EVEN);
  }

  /** {@code x} to nearest even; too large numbers become the largest (.satfinite), NaN stays NaN. */
  public int encode(double x) {
    if (Double.isNaN(x)) {
      return NAN;
    }
    int sign = Math.copySign(1, x) < 0 ? 0x80 : 0;
    double r = Math.min(max,
        Math.abs(Rounding.round(x, mantissa, minExponent, maxExponent + 1, Rounding.Mode.NEAREST_EVEN)));
    if (r == 0) {
      return sign;
    }
    int e = Math.max(Math.getExponent(r), minExponent);
    int m = (int) Math.scalb(r, mantissa - e);
    boolean subnormal = m < 1 << mantissa;
    return sign | (subnormal ? m : (e - minExponent + 1) << mantissa | (m & (1 << mantissa) - 1));
  }
}
