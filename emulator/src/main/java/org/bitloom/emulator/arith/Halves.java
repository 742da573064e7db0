package org.bitloom.emulator.arith;

/** Single f16 and bf16 operations, correctly rounded to nearest even (PTX ISA 9.7.4). */
public final class Halves {
  private Halves() {
  }

  private static final long BELOW_F32 = (1L << 29) - 1;

  /**
   * fma.rn.f16: the product of two f16 is exact in double. So is the sum, unless the product is less than 2^-30 of c, which
   * is then the result, or infinite as f16. Rounding it to odd before f16 makes one rounding of the two.
   */
  public static int fmaF16(int a, int b, int c) {
    double sum = (double) Rounding.f16(a) * Rounding.f16(b) + Rounding.f16(c);
    long bits = Double.doubleToRawLongBits(sum);
    long odd = bits | (((bits & BELOW_F32) + BELOW_F32) & (BELOW_F32 + 1));
    return Rounding.f32ToF16((float) Double.longBitsToDouble(odd & ~BELOW_F32));
  }

  /** fma.rn.bf16. */
  public static int fmaBf16(int a, int b, int c) {
    double product = (double) Rounding.bf16(a) * Rounding.bf16(b);
    return Rounding.toBf16(Rounding.sumToOdd(product, Rounding.bf16(c)), Rounding.Mode.NEAREST_EVEN);
  }
}
