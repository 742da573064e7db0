package org.bitloom.emulator.exec;

/** Operations from 32-bit rows to 64-bit rows: wide products (PTX ISA 9.7.1.3, 9.7.1.4), extension and packing. */
public final class WidenOp extends Op {
  /** The operation. */
  public enum Kind {
    MUL_S, MUL_U, MAD_S, MAD_U, EXTEND_S, EXTEND_U, JOIN
  }

  private final Kind kind;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** {@code x} and {@code y} are int rows, {@code to} and {@code z} are long rows. */
  public WidenOp(Kind kind, int to, int x, int y, int z) {
    this.kind = kind;
    this.to = to;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    compute(all ? w.d[to] : w.longScratch, w.r[x], w.r[y], w.d[z]);
    if (!all) {
      w.commitLongs(to);
    }
  }

  private void compute(long[] to, int[] x, int[] y, long[] z) {
    switch (kind) {
      case MUL_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = (long) x[l] * y[l];
        }
      }
      case MUL_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = (x[l] & 0xffffffffL) * (y[l] & 0xffffffffL);
        }
      }
      case MAD_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = (long) x[l] * y[l] + z[l];
        }
      }
      case MAD_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = (x[l] & 0xffffffffL) * (y[l] & 0xffffffffL) + z[l];
        }
      }
      case EXTEND_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l];
        }
      }
      case EXTEND_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] & 0xffffffffL;
        }
      }
      case JOIN -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = (x[l] & 0xffffffffL) | (long) y[l] << 32;
        }
      }
    }
  }
}
