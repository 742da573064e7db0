package org.bitloom.emulator.exec;

import org.bitloom.emulator.arith.Floats;
import org.bitloom.emulator.arith.Rounding;

/**
 * The f32 operations that kernels use most, rounded to nearest even, subnormal numbers kept (PTX ISA 9.7.3), and the common
 * conversions (9.7.9.21 cvt).
 */
public enum FloatFunction {
  ADD((x, y, z) -> bits(value(x) + value(y))), SUB((x, y, z) -> bits(value(x) - value(y))), MUL(
      (x, y, z) -> bits(value(x) * value(y))), FMA((x, y, z) -> bits(Math.fma(value(x), value(y), value(z)))), MIN(
          (x, y, z) -> bits(Floats.min(value(x), value(y)))), MAX(
              (x, y, z) -> bits(Floats.max(value(x), value(y)))), NEG(
                  (x, y, z) -> Float.isNaN(value(x)) ? Rounding.NAN_F32 : x ^ Integer.MIN_VALUE), ABS(
                      (x, y, z) -> Float.isNaN(value(x)) ? Rounding.NAN_F32 : x & Integer.MAX_VALUE), FROM_S32(
                          (x, y, z) -> Float.floatToRawIntBits((float) x)), FROM_F16(
                              (x, y, z) -> bits(Float.float16ToFloat((short) x))), FROM_BF16(
                                  (x, y, z) -> x << 16), TO_F16((x, y, z) -> Rounding.f32ToF16(value(x))), TO_BF16(
                                      (x, y, z) -> Rounding.f32ToBf16(value(x))), TO_F16X2(
                                          (x, y, z) -> Rounding.f32ToF16(value(x)) << 16
                                              | Rounding.f32ToF16(value(y))), TO_BF16X2(
                                                  (x, y, z) -> Rounding.f32ToBf16(value(x)) << 16
                                                      | Rounding.f32ToBf16(value(y)));

  @SuppressWarnings("ImmutableEnumChecker") // a loop over lanes holds no state
  private final IntLanes lanes;

  FloatFunction(IntLanes.Function f) {
    lanes = IntLanes.specialised(f);
  }

  private static float value(int bits) {
    return Float.intBitsToFloat(bits);
  }

  private static int bits(float v) {
    return Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
  }

  /** The operation on all lanes. */
  public IntLanes lanes() {
    return lanes;
  }
}
