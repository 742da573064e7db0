package org.bitloom.emulator.exec;

/** Shifts of 64-bit rows by 32-bit amounts, the second row; amounts above 63 count as 64 (PTX ISA 9.7.8.7, 9.7.8.8). */
public enum LongShift {
  SHL((x, amount) -> Integer.compareUnsigned(amount, 63) > 0 ? 0 : x << amount), SHR_U(
      (x, amount) -> Integer.compareUnsigned(amount, 63) > 0 ? 0 : x >>> amount), SHR_S(
          (x, amount) -> x >> (Integer.compareUnsigned(amount, 63) > 0 ? 63 : amount));

  /** The operation on one lane. */
  @FunctionalInterface
  interface Function {
    /** The result for operands in PTX order. */
    long of(long x, int amount);
  }

  @SuppressWarnings("ImmutableEnumChecker") // a loop over lanes holds no state
  private final LongLanes lanes;

  LongShift(Function f) {
    lanes = Specialised.copy(LongLanes.class, LongShiftLoop.class, Function.class, f);
  }

  /** The operation on all lanes. */
  public LongLanes lanes() {
    return lanes;
  }
}
