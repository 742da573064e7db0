package org.bitloom.emulator.exec;

/** A half of a 64-bit row into a 32-bit row: cvt.u32.u64 and unpacking mov.b64 (PTX ISA 9.7.9.2). */
public final class NarrowOp extends Op {
  private final int to;
  private final int from;
  private final int shift;

  /** @param shift 0 for the low half, 32 for the high half */
  public NarrowOp(int to, int from, int shift) {
    this.to = to;
    this.from = from;
    this.shift = shift;
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    int[] out = all ? w.r[to] : w.intScratch;
    long[] in = w.d[from];
    for (int l = 0; l < Warp.LANES; l++) {
      out[l] = (int) (in[l] >>> shift);
    }
    if (!all) {
      w.commitInts(to);
    }
  }
}
