package org.bitloom.emulator.exec;

/** Integer and logic operations on 64-bit rows (PTX ISA 9.7.1, 9.7.8). */
public enum LongFunction {
  MOV((x, y, z) -> x), ADD((x, y, z) -> x + y), SUB((x, y, z) -> x - y), MUL((x, y, z) -> x * y), MAD(
      (x, y, z) -> x * y + z), AND((x, y, z) -> x & y), OR((x, y, z) -> x | y), XOR((x, y, z) -> x ^ y), NOT(
          (x, y, z) -> ~x), NEG((x, y, z) -> -x), MIN_S((x, y, z) -> Math.min(x, y)), MAX_S(
              (x, y, z) -> Math.max(x, y)), MIN_U((x, y, z) -> Long.compareUnsigned(x, y) < 0 ? x : y), MAX_U(
                  (x, y, z) -> Long.compareUnsigned(x, y) > 0 ? x : y);

  /** The operation on one lane. */
  @FunctionalInterface
  interface Function {
    /** The result for operands in PTX order. */
    long of(long x, long y, long z);
  }

  @SuppressWarnings("ImmutableEnumChecker") // a loop over lanes holds no state
  private final LongLanes lanes;

  LongFunction(Function f) {
    lanes = Specialised.copy(LongLanes.class, LongLoop.class, Function.class, f);
  }

  /** The operation on all lanes. */
  public LongLanes lanes() {
    return lanes;
  }
}
