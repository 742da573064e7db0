package org.bitloom.emulator.exec;

/** One instruction that is several operations on different rows. */
public final class SequenceOp extends Op {
  private final Op[] parts;

  /** The operations, in order. */
  public SequenceOp(Op... parts) {
    this.parts = parts.clone();
  }

  @Override
  public void run(Warp w) {
    for (Op part : parts) {
      part.run(w);
    }
  }
}
