package org.bitloom.emulator.exec;

/** selp (PTX ISA 9.7.5.3): x where the predicate holds, else y. */
public final class SelectOp extends Op {
  private final LaneAddress.Width width;
  private final int to;
  private final int x;
  private final int y;
  private final int predicate;
  private final int flip;

  /** @param flip -1 to read the predicate negated, else 0 */
  public SelectOp(LaneAddress.Width width, int to, int x, int y, int predicate, int flip) {
    this.width = width;
    this.to = to;
    this.x = x;
    this.y = y;
    this.predicate = predicate;
    this.flip = flip;
  }

  @Override
  public void run(Warp w) {
    int bits = w.p[predicate] ^ flip;
    boolean all = w.mask == Warp.ALL;
    if (width == LaneAddress.Width.LONG) {
      long[] out = all ? w.d[to] : w.longScratch;
      long[] a = w.d[x];
      long[] b = w.d[y];
      for (int l = 0; l < Warp.LANES; l++) {
        out[l] = (bits >> l & 1) != 0 ? a[l] : b[l];
      }
      if (!all) {
        w.commitLongs(to);
      }
    } else {
      int[] out = all ? w.r[to] : w.intScratch;
      int[] a = w.r[x];
      int[] b = w.r[y];
      for (int l = 0; l < Warp.LANES; l++) {
        out[l] = (bits >> l & 1) != 0 ? a[l] : b[l];
      }
      if (!all) {
        w.commitInts(to);
      }
    }
  }
}
