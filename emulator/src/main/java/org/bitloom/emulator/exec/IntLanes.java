package org.bitloom.emulator.exec;

/** An operation on the 32 lanes of up to three 32-bit rows. */
public abstract class IntLanes {
  /** The operation on one lane. */
  @FunctionalInterface
  public interface Function {
    /** The result for operands x, y, z in PTX order. */
    int of(int x, int y, int z);
  }

  /** Computes all lanes of {@code to}. */
  abstract void compute(int[] to, int[] x, int[] y, int[] z);

  /** A function that runs often. */
  static IntLanes specialised(Function f) {
    return Specialised.copy(IntLanes.class, IntLoop.class, Function.class, f);
  }
}
