package org.bitloom.emulator.exec;

import org.bitloom.emulator.arith.Halves;
import org.bitloom.emulator.arith.Rounding;

/** Packed 16-bit arithmetic, rounded to nearest even, subnormal numbers kept (PTX ISA 9.7.4 half precision). */
public final class PackedHalfOp extends Op {
  /** The operation; x, y, z are the operands in PTX order. */
  public enum Kind {
    ADD_F16X2, SUB_F16X2, MUL_F16X2, FMA_F16X2, FMA_BF16X2
  }

  private final Kind kind;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** {@code to}, {@code x}, {@code y}, {@code z} are rows; operands that the operation lacks repeat x. */
  public PackedHalfOp(Kind kind, int to, int x, int y, int z) {
    this.kind = kind;
    this.to = to;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    compute(all ? w.r[to] : w.intScratch, w.r[x], w.r[y], w.r[z]);
    if (!all) {
      w.commitInts(to);
    }
  }

  private void compute(int[] to, int[] x, int[] y, int[] z) {
    switch (kind) {
      case ADD_F16X2 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Rounding.f32ToF16(Rounding.f16(x[l] >> 16) + Rounding.f16(y[l] >> 16)) << 16
              | Rounding.f32ToF16(Rounding.f16(x[l]) + Rounding.f16(y[l]));
        }
      }
      case SUB_F16X2 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Rounding.f32ToF16(Rounding.f16(x[l] >> 16) - Rounding.f16(y[l] >> 16)) << 16
              | Rounding.f32ToF16(Rounding.f16(x[l]) - Rounding.f16(y[l]));
        }
      }
      case MUL_F16X2 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Rounding.f32ToF16(Rounding.f16(x[l] >> 16) * Rounding.f16(y[l] >> 16)) << 16
              | Rounding.f32ToF16(Rounding.f16(x[l]) * Rounding.f16(y[l]));
        }
      }
      case FMA_F16X2 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Halves.fmaF16(x[l] >>> 16, y[l] >>> 16, z[l] >>> 16) << 16
              | Halves.fmaF16(x[l] & 0xffff, y[l] & 0xffff, z[l] & 0xffff);
        }
      }
      case FMA_BF16X2 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Halves.fmaBf16(x[l] >>> 16, y[l] >>> 16, z[l] >>> 16) << 16
              | Halves.fmaBf16(x[l] & 0xffff, y[l] & 0xffff, z[l] & 0xffff);
        }
      }
    }
  }
}
