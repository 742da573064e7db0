package org.bitloom.emulator.exec;

/** An instruction that uses registers of asynchronous products. */
public final class WatchedOp extends Op {
  private final Op op;
  private final int[] used;
  private final int[] written;
  private final int[] fenced;

  /**
   * All are int rows.
   *
   * @param written what the instruction writes of {@code used}
   * @param fenced what wgmma.fence must order before a product uses it
   */
  public WatchedOp(Op op, int[] used, int[] written, int[] fenced) {
    this.op = op;
    this.used = used.clone();
    this.written = written.clone();
    this.fenced = fenced.clone();
  }

  @Override
  public void run(Warp w) {
    w.products.touch(used, written, fenced);
    op.run(w);
  }
}
