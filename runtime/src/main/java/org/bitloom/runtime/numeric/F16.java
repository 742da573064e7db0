package org.bitloom.runtime.numeric;

/** IEEE 754 binary16: its bits to numbers and back. */
public final class F16 {
  private F16() {
  }

  /** The number that {@code bits} stand for. */
  public static float toFloat(short bits) {
    return Float.float16ToFloat(bits);
  }

  /** The nearest binary16, ties to even; overflow gives an infinity. */
  public static short fromDouble(double x) {
    return Float.floatToFloat16((float) FloatGrid.F16.round(x));
  }
}
