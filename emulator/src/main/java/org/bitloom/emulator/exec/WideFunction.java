package org.bitloom.emulator.exec;

/** Operations from two 32-bit rows and a 64-bit one: wide products (PTX ISA 9.7.1.3, 9.7.1.4), extension and packing. */
public enum WideFunction {
  MUL_S((x, y, z) -> (long) x * y), MUL_U((x, y, z) -> (x & 0xffffffffL) * (y & 0xffffffffL)), MAD_S(
      (x, y, z) -> (long) x * y + z), MAD_U((x, y, z) -> (x & 0xffffffffL) * (y & 0xffffffffL) + z), EXTEND_S(
          (x, y, z) -> x), EXTEND_U(
              (x, y, z) -> x & 0xffffffffL), JOIN((x, y, z) -> (x & 0xffffffffL) | (long) y << 32);

  /** The operation on one lane. */
  @FunctionalInterface
  interface Function {
    /** The result for operands in PTX order. */
    long of(int x, int y, long z);
  }

  @SuppressWarnings("ImmutableEnumChecker") // a loop over lanes holds no state
  private final LongLanes lanes;

  WideFunction(Function f) {
    lanes = Specialised.copy(LongLanes.class, WideLoop.class, Function.class, f);
  }

  /** The operation on all lanes. */
  public LongLanes lanes() {
    return lanes;
  }
}
