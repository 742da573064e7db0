package org.bitloom.emulator.exec;

/** Shifts of 64-bit rows by 32-bit amounts; amounts above 63 count as 64 (PTX ISA 9.7.8.7, 9.7.8.8). */
public final class LongShiftOp extends Op {
  /** The operation. */
  public enum Kind {
    SHL, SHR_U, SHR_S
  }

  private final Kind kind;
  private final int to;
  private final int x;
  private final int amount;

  /** {@code to} and {@code x} are long rows, {@code amount} is an int row. */
  public LongShiftOp(Kind kind, int to, int x, int amount) {
    this.kind = kind;
    this.to = to;
    this.x = x;
    this.amount = amount;
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    compute(all ? w.d[to] : w.longScratch, w.d[x], w.r[amount]);
    if (!all) {
      w.commitLongs(to);
    }
  }

  private void compute(long[] to, long[] x, int[] y) {
    switch (kind) {
      case SHL -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Integer.compareUnsigned(y[l], 63) > 0 ? 0 : x[l] << y[l];
        }
      }
      case SHR_U -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = Integer.compareUnsigned(y[l], 63) > 0 ? 0 : x[l] >>> y[l];
        }
      }
      case SHR_S -> {
        for (int l = 0; l < Warp.LANES; l++) {
          to[l] = x[l] >> (Integer.compareUnsigned(y[l], 63) > 0 ? 63 : y[l]);
        }
      }
    }
  }
}
