package org.bitloom.emulator.exec;

/** bfi (PTX ISA 9.7.1.20): the low bits of a go into b at a position. */
public final class InsertBitsOp extends Op {
  private final MixedLanesOp.Row to;
  private final MixedLanesOp.Row a;
  private final MixedLanesOp.Row b;
  private final int position;
  private final int length;

  /** @param position and {@code length} are int rows, of which the low 8 bits count */
  public InsertBitsOp(MixedLanesOp.Row to, MixedLanesOp.Row a, MixedLanesOp.Row b, int position, int length) {
    this.to = to;
    this.a = a;
    this.b = b;
    this.position = position;
    this.length = length;
  }

  @Override
  public void run(Warp w) {
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      int p = w.r[position][l] & 255;
      int n = w.r[length][l] & 255;
      long x = a.get(w, l);
      long y = b.get(w, l);
      to.put(w, l, to.width() == LaneAddress.Width.LONG
          ? Bits.insert(x, y, p, n)
          : Bits.insert((int) x, (int) y, p, n));
    }
  }
}
