package org.bitloom.emulator.arith;

/** Single f16 and bf16 operations, correctly rounded to nearest even (PTX ISA 9.7.4). */
public final class Halves {
  private Halves() {
  }

  /** fma.rn.f16: the product of two f16 is exact in double, the sum is rounded to odd, then once to f16. */
  public static int fmaF16(int a, int b, int c) {
    double product = (double) Rounding.f16(a) * Rounding.f16(b);
    return Rounding.toF16(Rounding.sumToOdd(product, Rounding.f16(c)), Rounding.Mode.NEAREST_EVEN);
  }

  /** fma.rn.bf16. */
  public static int fmaBf16(int a, int b, int c) {
    double product = (double) Rounding.bf16(a) * Rounding.bf16(b);
    return Rounding.toBf16(Rounding.sumToOdd(product, Rounding.bf16(c)), Rounding.Mode.NEAREST_EVEN);
  }
}
