package org.bitloom.emulator.exec;

/** The instructions of a decoded kernel. Immutable. */
public final class Code {
  final Op[] ops;
  final int[] guards;
  final int[] meets;

  /**
   * One entry an instruction in each array.
   *
   * @param guards -1, or predicate * 2 + (1 if negated)
   * @param meets where lanes meet again that part at this instruction; {@code ops.length} is the end
   */
  public Code(Op[] ops, int[] guards, int[] meets) {
    this.ops = ops.clone();
    this.guards = guards.clone();
    this.meets = meets.clone();
  }

  /** How many instructions there are. */
  public int size() {
    return ops.length;
  }

  /** Instruction {@code index}. */
  public Op op(int index) {
    return ops[index];
  }
}
