package org.bitloom.emulator.exec;

/** An operation on 32-bit rows. All 32 lanes are computed; lanes that do not execute are not stored. */
public final class IntLanesOp extends Op {
  private final IntLanes lanes;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** {@code to}, {@code x}, {@code y}, {@code z} are rows; operands that the operation lacks repeat x. */
  public IntLanesOp(IntLanes lanes, int to, int x, int y, int z) {
    this.lanes = lanes;
    this.to = to;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  /** A function too rare to be specialised. */
  public static IntLanesOp of(IntLanes.Function function, int to, int x, int y, int z) {
    return new IntLanesOp(new IntLoop(function), to, x, y, z);
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    lanes.compute(all ? w.r[to] : w.intScratch, w.r[x], w.r[y], w.r[z]);
    if (!all) {
      w.commitInts(to);
    }
  }
}
