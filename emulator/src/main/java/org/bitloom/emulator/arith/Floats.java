package org.bitloom.emulator.arith;

/** f32 operations beyond Java's own. */
public final class Floats {
  private Floats() {
  }

  /** min.f32 (PTX ISA 9.7.3.11): a number wins over NaN, -0 is below +0. */
  public static float min(float a, float b) {
    return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b);
  }

  /** max.f32 (PTX ISA 9.7.3.12). */
  public static float max(float a, float b) {
    return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b);
  }

  /** 2 to the power {@code x}, within half an ulp and a bit. */
  public static double exp2(double x) {
    return Math.pow(2, x);
  }

  /** The logarithm to base 2. */
  public static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  /** .sat: to [0, 1], NaN to 0. */
  public static float saturate(float x) {
    return x > 0 ? Math.min(x, 1f) : 0f;
  }
}
