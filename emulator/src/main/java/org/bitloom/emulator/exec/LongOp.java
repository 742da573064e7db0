package org.bitloom.emulator.exec;

/** Integer and logic operations on 64-bit rows (PTX ISA 9.7.1, 9.7.8). */
public final class LongOp extends Op {
  /** The operation; x, y, z are the operands in PTX order. */
  public enum Kind {
    MOV, ADD, SUB, MUL, MAD, AND, OR, XOR, NOT, NEG, MIN_S, MAX_S, MIN_U, MAX_U
  }

  private final Kind kind;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** {@code to}, {@code x}, {@code y}, {@code z} are rows; operands that the operation lacks repeat x. */
  public LongOp(Kind kind, int to, int x, int y, int z) {
    this.kind = kind;
    this.to = to;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    compute(all ? w.d[to] : w.longScratch, w.d[x], w.d[y], w.d[z]);
    if (!all) {
      w.commitLongs(to);
    }
  }

  private void compute(long[] to, long[] x, long[] y, long[] z) {
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
          to[l] = Long.compareUnsigned(x[l], y[l]) < 0 ? x[l] : y[l];
        }
      }
      case MAX_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Long.compareUnsigned(x[l], y[l]) > 0 ? x[l] : y[l];
        }
      }
    }
  }
}
