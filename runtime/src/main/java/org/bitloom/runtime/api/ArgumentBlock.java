package org.bitloom.runtime.api;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The arguments of one launch in native memory, in the order of a kernel entry (see {@link KernelUnit}): 13 slots of 8
 * bytes, and an array of 13 pointers to them, the {@code void**} that launches take. Filling it allocates nothing. Not safe
 * for many threads: each stream owns one and fills it under its lock.
 */
public final class ArgumentBlock {
  /** Arguments of an entry. */
  public static final int COUNT = 13;

  private static final int SLOT = 8;
  private static final int CODES = 0;
  private static final int SCALE = 1;
  private static final int OUTER_SCALE = 2;
  private static final int ZERO = 3;
  private static final int OFFSET = 4;
  private static final int BIAS = 5;
  private static final int X = 6;
  private static final int Y = 7;
  private static final int PARTIAL = 8;
  private static final int COUNTERS = 9;
  private static final int N = 10;
  private static final int K = 11;
  private static final int M = 12;

  private final MemorySegment values;
  private final MemorySegment pointers;

  /** A block that lives as long as {@code arena}. */
  public ArgumentBlock(Arena arena) {
    values = arena.allocate((long) COUNT * SLOT, SLOT);
    pointers = arena.allocate((long) COUNT * SLOT, SLOT);
    for (int i = 0; i < COUNT; i++) {
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + (long) i * SLOT);
    }
  }

  /**
   * Fills the block for one launch.
   *
   * @param partial device address of the workspace for partial sums
   * @param counters device address of the zeroed counters
   */
  public void fill(WeightArguments weights, long x, long y, long partial, long counters, int m) {
    set(CODES, weights.codes());
    set(SCALE, weights.scale());
    set(OUTER_SCALE, weights.outerScale());
    set(ZERO, weights.zero());
    set(OFFSET, weights.offset());
    set(BIAS, weights.bias());
    set(X, x);
    set(Y, y);
    set(PARTIAL, partial);
    set(COUNTERS, counters);
    set(N, weights.n());
    set(K, weights.k());
    set(M, m);
  }

  /** Slot {@code index} as 64 bits; integers lie in the low half. */
  public long value(int index) {
    return values.getAtIndex(ValueLayout.JAVA_LONG, index);
  }

  /** The {@code void*[13]}. */
  public MemorySegment pointers() {
    return pointers;
  }

  private void set(int slot, long value) {
    values.setAtIndex(ValueLayout.JAVA_LONG, slot, value);
  }
}
