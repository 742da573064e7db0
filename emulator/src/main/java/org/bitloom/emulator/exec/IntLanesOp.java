package org.bitloom.emulator.exec;

/** An operation on 32-bit rows that is rare enough to be a function of single numbers. */
public final class IntLanesOp extends Op {
  /** The operation on one lane. */
  @FunctionalInterface
  public interface Function {
    /** The result for operands a, b, c. */
    int of(int a, int b, int c);
  }

  private final Function function;
  private final int to;
  private final int x;
  private final int y;
  private final int z;

  /** Operands that the operation lacks repeat x. */
  public IntLanesOp(Function function, int to, int x, int y, int z) {
    this.function = function;
    this.to = to;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  @Override
  public void run(Warp w) {
    int[] out = w.r[to];
    int[] a = w.r[x];
    int[] b = w.r[y];
    int[] c = w.r[z];
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      out[l] = function.of(a[l], b[l], c[l]);
    }
  }
}
