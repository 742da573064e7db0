package org.bitloom.runtime.numeric;

import org.bitloom.runtime.api.ParamType;

/** Rounds numbers to the stored bits of a parameter type; the inverse is {@link ParamType#value(int)}. */
public final class ParamRounding {
  private static final int E8M0_BIAS = 127;
  private static final int E8M0_LARGEST = 254;

  private ParamRounding() {
  }

  /** The stored bits nearest to the finite number {@code x}, ties to even, saturating. */
  public static int nearest(ParamType type, double x) {
    return switch (type) {
      case ParamType.Float.F16 -> F16.fromDouble(FloatGrid.F16.saturate(x)) & 0xffff;
      case ParamType.Float.BF16 -> Bf16.fromDouble(FloatGrid.BF16.saturate(x)) & 0xffff;
      case ParamType.Float.F32 -> Float.floatToRawIntBits((float) FloatGrid.F32.saturate(x));
      case ParamType.Float.E4M3 -> e4m3(FloatGrid.E4M3.saturate(x));
      case ParamType.Float.E8M0 -> e8m0(x);
      case ParamType.Int(int bits, ParamType.Int.Sign sign) -> {
        int low = sign == ParamType.Int.Sign.SIGNED ? -(1 << (bits - 1)) : 0;
        int high = low + (1 << bits) - 1;
        yield (int) Math.clamp(Math.rint(x), low, high) & ((1 << bits) - 1);
      }
    };
  }

  /** The stored bits of 2^{@code exponent}, saturating to e8m0's range of 2^-127 to 2^127. */
  public static int powerOfTwo(int exponent) {
    return Math.clamp((long) exponent + E8M0_BIAS, 0, E8M0_LARGEST);
  }

  /** The stored bits of the smallest positive number of a float type. */
  public static int smallest(ParamType.Float type) {
    return switch (type) {
      case F16, BF16, F32, E4M3 -> 1;
      case E8M0 -> 0;
    };
  }

  /** The largest finite number of a float type. */
  public static double largest(ParamType.Float type) {
    return switch (type) {
      case F16 -> FloatGrid.F16.largest();
      case BF16 -> FloatGrid.BF16.largest();
      case F32 -> FloatGrid.F32.largest();
      case E4M3 -> FloatGrid.E4M3.largest();
      case E8M0 -> Math.scalb(1.0, E8M0_LARGEST - E8M0_BIAS);
    };
  }

  private static int e4m3(double onGrid) {
    int sign = Double.doubleToRawLongBits(onGrid) < 0 ? 0x80 : 0;
    double magnitude = Math.abs(onGrid);
    int exponent = Math.max(magnitude == 0 ? -6 : Math.getExponent(magnitude), -6);
    int significand = (int) Math.scalb(magnitude, 3 - exponent);
    return sign | (significand < 8 ? significand : (exponent + 7) << 3 | significand - 8);
  }

  private static int e8m0(double x) {
    if (x <= Math.scalb(1.0, -E8M0_BIAS)) {
      return 0;
    }
    int exponent = Math.getExponent(x);
    return powerOfTwo(x > Math.scalb(1.5, exponent) ? exponent + 1 : exponent);
  }
}
