package org.bitloom.runtime.launch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The arguments of one launch of an activation quantizer in native memory: x, the quantized buffer, k and m, and an array of
 * pointers to them. Filling it allocates nothing. Not safe for many threads: each stream owns one.
 */
public final class QuantizerArguments {
  private static final int COUNT = 4;

  private final MemorySegment values;
  private final MemorySegment pointers;

  /** A block that lives as long as {@code arena}. */
  public QuantizerArguments(Arena arena) {
    values = arena.allocate(ValueLayout.JAVA_LONG, COUNT);
    pointers = arena.allocate(ValueLayout.JAVA_LONG, COUNT);
    for (int i = 0; i < COUNT; i++) {
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + (long) i * Long.BYTES);
    }
  }

  /** Fills the block for one launch. */
  public void fill(long x, long quantized, int k, int m) {
    values.setAtIndex(ValueLayout.JAVA_LONG, 0, x);
    values.setAtIndex(ValueLayout.JAVA_LONG, 1, quantized);
    values.setAtIndex(ValueLayout.JAVA_LONG, 2, k);
    values.setAtIndex(ValueLayout.JAVA_LONG, 3, m);
  }

  /** The {@code void*[4]}. */
  public MemorySegment pointers() {
    return pointers;
  }
}
