package org.bitloom.emulator.exec;

/** Sums with carry in and out (PTX ISA 9.7.2); the carry of each lane is 0 or 1, a borrow counts as 1. */
public final class CarryOp extends Op {
  /** The operation. */
  public enum Kind {
    ADD, SUB
  }

  /** Whether the carry takes part. */
  public enum In {
    NONE, CARRY
  }

  private final Kind kind;
  private final In in;
  private final int to;
  private final int x;
  private final int y;

  /** All rows are int rows. */
  public CarryOp(Kind kind, In in, int to, int x, int y) {
    this.kind = kind;
    this.in = in;
    this.to = to;
    this.x = x;
    this.y = y;
  }

  @Override
  public void run(Warp w) {
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      int carry = in == In.CARRY ? w.carry[l] : 0;
      long a = w.r[x][l] & 0xffffffffL;
      long b = w.r[y][l] & 0xffffffffL;
      long sum = kind == Kind.ADD ? a + b + carry : a - b - carry;
      w.r[to][l] = (int) sum;
      w.carry[l] = (int) (sum >>> 32) & 1;
    }
  }
}
