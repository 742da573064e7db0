package org.bitloom.emulator.exec;

import org.bitloom.emulator.arith.Floats;
import org.bitloom.emulator.arith.Rounding;

/**
 * The f32 operations that kernels use most, rounded to nearest even, subnormal numbers kept (PTX ISA 9.7.3), and the common
 * conversions (9.7.9.21 cvt).
 */
public final class FloatOp extends Op {
  /** The operation; x, y, z are the operands in PTX order. */
  public enum Kind {
    ADD, SUB, MUL, FMA, MIN, MAX, NEG, ABS, FROM_S32, FROM_F16, FROM_BF16, TO_F16, TO_BF16, TO_F16X2, TO_BF16X2
  }

  private final Kind kind;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** {@code to}, {@code x}, {@code y}, {@code z} are rows; operands that the operation lacks repeat x. */
  public FloatOp(Kind kind, int to, int x, int y, int z) {
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
      case ADD -> {
        for (int l = 0; l < Warp.LANES; l++) {
          float v = Float.intBitsToFloat(x[l]) + Float.intBitsToFloat(y[l]);
          to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
        }
      }
      case SUB -> {
        for (int l = 0; l < Warp.LANES; l++) {
          float v = Float.intBitsToFloat(x[l]) - Float.intBitsToFloat(y[l]);
          to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
        }
      }
      case MUL -> {
        for (int l = 0; l < Warp.LANES; l++) {
          float v = Float.intBitsToFloat(x[l]) * Float.intBitsToFloat(y[l]);
          to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
        }
      }
      case FMA -> {
        for (int l = 0; l < Warp.LANES; l++) {
          float v = Math.fma(Float.intBitsToFloat(x[l]), Float.intBitsToFloat(y[l]), Float.intBitsToFloat(z[l]));
          to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
        }
      }
      case MIN -> {
        for (int l = 0; l < Warp.LANES; l++) {
          float v = Floats.min(Float.intBitsToFloat(x[l]), Float.intBitsToFloat(y[l]));
          to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
        }
      }
      case MAX -> {
        for (int l = 0; l < Warp.LANES; l++) {
          float v = Floats.max(Float.intBitsToFloat(x[l]), Float.intBitsToFloat(y[l]));
          to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
        }
      }
      case NEG -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Float.isNaN(Float.intBitsToFloat(x[l])) ? Rounding.NAN_F32 : x[l] ^ Integer.MIN_VALUE;
        }
      }
      case ABS -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Float.isNaN(Float.intBitsToFloat(x[l])) ? Rounding.NAN_F32 : x[l] & Integer.MAX_VALUE;
        }
      }
      case FROM_S32 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Float.floatToRawIntBits((float) x[l]);
        }
      }
      case FROM_F16 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          float v = Float.float16ToFloat((short) x[l]);
          to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
        }
      }
      case FROM_BF16 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] << 16;
        }
      }
      case TO_F16 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Rounding.f32ToF16(Float.intBitsToFloat(x[l]));
        }
      }
      case TO_BF16 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Rounding.f32ToBf16(Float.intBitsToFloat(x[l]));
        }
      }
      case TO_F16X2 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Rounding.f32ToF16(Float.intBitsToFloat(x[l])) << 16 | Rounding.f32ToF16(Float.intBitsToFloat(y[l]));
        }
      }
      case TO_BF16X2 -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Rounding.f32ToBf16(Float.intBitsToFloat(x[l])) << 16 | Rounding.f32ToBf16(Float.intBitsToFloat(y[l]));
        }
      }
    }
  }
}
