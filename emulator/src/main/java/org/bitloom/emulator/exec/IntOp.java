package org.bitloom.emulator.exec;

/**
 * Integer and logic operations on 32-bit rows (PTX ISA 9.7.1 integer arithmetic, 9.7.8 logic and shift, 9.7.9.7 prmt). All
 * 32 lanes are computed; lanes that do not execute are not stored.
 */
public final class IntOp extends Op {
  /** The operation; x, y, z are the operands in PTX order. */
  public enum Kind {
    MOV, ADD, SUB, MUL, MAD, AND, OR, XOR, NOT, NEG, SHL, SHR_U, SHR_S, MIN_S, MAX_S, MIN_U, MAX_U, SHF_L_WRAP, SHF_R_WRAP, PRMT, POPC, CLZ, BREV, BFE_U, BFE_S
  }

  private final Kind kind;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** {@code to}, {@code x}, {@code y}, {@code z} are rows; operands that the operation lacks repeat x. */
  public IntOp(Kind kind, int to, int x, int y, int z) {
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
      case MOV -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l];
        }
      }
      case ADD -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] + y[l];
        }
      }
      case SUB -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] - y[l];
        }
      }
      case MUL -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] * y[l];
        }
      }
      case MAD -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] * y[l] + z[l];
        }
      }
      case AND -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] & y[l];
        }
      }
      case OR -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] | y[l];
        }
      }
      case XOR -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] ^ y[l];
        }
      }
      case NOT -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = ~x[l];
        }
      }
      case NEG -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = -x[l];
        }
      }
      case SHL -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Integer.compareUnsigned(y[l], 31) > 0 ? 0 : x[l] << y[l];
        }
      }
      case SHR_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Integer.compareUnsigned(y[l], 31) > 0 ? 0 : x[l] >>> y[l];
        }
      }
      case SHR_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] >> (Integer.compareUnsigned(y[l], 31) > 0 ? 31 : y[l]);
        }
      }
      case MIN_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Math.min(x[l], y[l]);
        }
      }
      case MAX_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Math.max(x[l], y[l]);
        }
      }
      case MIN_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Math.min(x[l] + Integer.MIN_VALUE, y[l] + Integer.MIN_VALUE) + Integer.MIN_VALUE;
        }
      }
      case MAX_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Math.max(x[l] + Integer.MIN_VALUE, y[l] + Integer.MIN_VALUE) + Integer.MIN_VALUE;
        }
      }
      case SHF_L_WRAP -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = y[l] << z[l] | x[l] >>> 1 >>> (~z[l] & 31);
        }
      }
      case SHF_R_WRAP -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] >>> z[l] | y[l] << 1 << (~z[l] & 31);
        }
      }
      case PRMT -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Bits.permute(x[l], y[l], z[l]);
        }
      }
      case POPC -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Integer.bitCount(x[l]);
        }
      }
      case CLZ -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Integer.numberOfLeadingZeros(x[l]);
        }
      }
      case BREV -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Integer.reverse(x[l]);
        }
      }
      case BFE_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Bits.extract(x[l], y[l] & 255, z[l] & 255);
        }
      }
      case BFE_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Bits.extractSigned(x[l], y[l] & 255, z[l] & 255);
        }
      }
    }
  }
}
