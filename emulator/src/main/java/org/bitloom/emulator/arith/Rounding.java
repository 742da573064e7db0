package org.bitloom.emulator.arith;

/** Rounding of exact results to narrow floating-point formats (PTX ISA 9.7.3, 9.7.4, 9.7.9.21: .rn .rz .rm .rp). */
public final class Rounding {
  /** IEEE 754 rounding directions. */
  public enum Mode {
    NEAREST_EVEN, ZERO, DOWN, UP
  }

  /** The result that PTX gives for every operation without a number as answer, by format. */
  public static final int NAN_F32 = 0x7fffffff;
  public static final int NAN_F16 = 0x7fff;

  private Rounding() {
  }

  /** {@code a + b} rounded to odd: rounding it once more to at most 51 bits gives the correctly rounded sum. */
  public static double sumToOdd(double a, double b) {
    double s = a + b;
    if (!Double.isFinite(s)) {
      return s;
    }
    double bb = s - a;
    double error = (a - (s - bb)) + (b - bb);
    long bits = Double.doubleToRawLongBits(s);
    if (error == 0 || (bits & 1) != 0) {
      return s;
    }
    return Double.longBitsToDouble(error > 0 == s > 0 ? bits + 1 : bits - 1);
  }

  /** {@code x} on the grid of numbers with {@code mantissa} bits and exponents {@code minExponent .. maxExponent}. */
  public static double round(double x, int mantissa, int minExponent, int maxExponent, Mode mode) {
    if (x == 0 || !Double.isFinite(x)) {
      return x;
    }
    int e = Math.max(Math.getExponent(x), minExponent) - mantissa;
    double scaled = Math.scalb(x, -e);
    double whole = switch (mode) {
      case NEAREST_EVEN -> Math.rint(scaled);
      case ZERO -> scaled < 0 ? Math.ceil(scaled) : Math.floor(scaled);
      case DOWN -> Math.floor(scaled);
      case UP -> Math.ceil(scaled);
    };
    double result = Math.scalb(whole, e);
    double max = Math.scalb(2 - Math.scalb(1.0, -mantissa), maxExponent);
    if (Math.abs(result) <= max) {
      return result == 0 ? Math.copySign(0.0, x) : result;
    }
    boolean toInfinity = switch (mode) {
      case NEAREST_EVEN -> true;
      case ZERO -> false;
      case DOWN -> x < 0;
      case UP -> x > 0;
    };
    return Math.copySign(toInfinity ? Double.POSITIVE_INFINITY : max, x);
  }

  /** Bits of {@code x} as f32. */
  public static int toF32(double x, Mode mode) {
    return Double.isNaN(x) ? NAN_F32 : Float.floatToRawIntBits((float) round(x, 23, -126, 127, mode));
  }

  /** Bits of {@code x} as f16. */
  public static int toF16(double x, Mode mode) {
    return Double.isNaN(x) ? NAN_F16 : Float.floatToFloat16((float) round(x, 10, -14, 15, mode)) & 0xffff;
  }

  /** Bits of {@code x} as bf16. */
  public static int toBf16(double x, Mode mode) {
    return Double.isNaN(x) ? NAN_F16 : Float.floatToRawIntBits((float) round(x, 7, -126, 127, mode)) >>> 16;
  }

  /** Bits of {@code x} as f16, to nearest even. */
  public static int f32ToF16(float x) {
    return Float.isNaN(x) ? NAN_F16 : Float.floatToFloat16(x) & 0xffff;
  }

  /** Bits of {@code x} as bf16, to nearest even. */
  public static int f32ToBf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.isNaN(x) ? NAN_F16 : (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
  }

  /** The value of f16 bits. */
  public static float f16(int bits) {
    return Float.float16ToFloat((short) bits);
  }

  /** The value of bf16 bits. */
  public static float bf16(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** {@code x} with a subnormal number replaced by a zero of its sign (.ftz). */
  public static float flush(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
  }
}
