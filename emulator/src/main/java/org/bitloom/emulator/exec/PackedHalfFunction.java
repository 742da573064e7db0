package org.bitloom.emulator.exec;

import org.bitloom.emulator.arith.Halves;
import org.bitloom.emulator.arith.Rounding;

/** Packed 16-bit arithmetic, rounded to nearest even, subnormal numbers kept (PTX ISA 9.7.4 half precision). */
public enum PackedHalfFunction {
  ADD_F16X2((x, y, z) -> Rounding.f32ToF16(Rounding.f16(x) + Rounding.f16(y))), SUB_F16X2(
      (x, y, z) -> Rounding.f32ToF16(Rounding.f16(x) - Rounding.f16(y))), MUL_F16X2(
          (x, y, z) -> Rounding.f32ToF16(Rounding.f16(x) * Rounding.f16(y))), FMA_F16X2(
              Halves::fmaF16), FMA_BF16X2(Halves::fmaBf16);

  @SuppressWarnings("ImmutableEnumChecker") // a loop over lanes holds no state
  private final IntLanes lanes;

  /** @param half the operation on 16-bit halves */
  PackedHalfFunction(IntLanes.Function half) {
    lanes = IntLanes.specialised((x, y, z) -> half.of(x >>> 16, y >>> 16, z >>> 16) << 16
        | half.of(x & 0xffff, y & 0xffff, z & 0xffff));
  }

  /** The operation on all lanes. */
  public IntLanes lanes() {
    return lanes;
  }
}
