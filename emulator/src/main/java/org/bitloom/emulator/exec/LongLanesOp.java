package org.bitloom.emulator.exec;

/** An operation with a 64-bit result. All 32 lanes are computed; lanes that do not execute are not stored. */
public final class LongLanesOp extends Op {
  private final LongLanes lanes;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** {@code to} is a long row, {@code x}, {@code y}, {@code z} are what the operation takes. */
  public LongLanesOp(LongLanes lanes, int to, int x, int y, int z) {
    this.lanes = lanes;
    this.to = to;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    lanes.compute(w, all ? w.d[to] : w.longScratch, x, y, z);
    if (!all) {
      w.commitLongs(to);
    }
  }
}
