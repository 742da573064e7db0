package org.bitloom.runtime.numeric;

/** bfloat16, the upper half of an IEEE 754 binary32: its bits to numbers and back. */
public final class Bf16 {
  private static final short NAN = 0x7fc0;

  private Bf16() {
  }

  /** The number that {@code bits} stand for. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest bfloat16, ties to even; overflow gives an infinity. */
  public static short fromDouble(double x) {
    return Double.isNaN(x) ? NAN : (short) (Float.floatToRawIntBits((float) FloatGrid.BF16.round(x)) >>> 16);
  }
}
