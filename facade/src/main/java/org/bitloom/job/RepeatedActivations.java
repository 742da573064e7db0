package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import org.bitloom.runtime.api.ActivationType;

/**
 * Activations whose rows repeat, so that the truth of a large batch is that of a small one.
 *
 * @param block the rows that repeat
 */
record RepeatedActivations(Activations block, Activations all) {
  /** A prime, so that no tile of batch columns repeats with the rows. */
  private static final int BLOCK_ROWS = 127;

  /** Normally distributed activations that depend on {@code seed} alone. */
  static RepeatedActivations random(ActivationType type, int m, int k, long seed, Arena arena) {
    Activations block = Activations.random(type, Math.min(m, BLOCK_ROWS), k, seed, arena);
    if (m <= BLOCK_ROWS) {
      return new RepeatedActivations(block, block);
    }
    MemorySegment bits = arena.allocate((long) m * k * Short.BYTES, 256);
    for (long at = 0; at < bits.byteSize(); at += block.bits().byteSize()) {
      MemorySegment.copy(block.bits(), 0, bits, at, Math.min(block.bits().byteSize(), bits.byteSize() - at));
    }
    return new RepeatedActivations(block, new Activations(type, m, k, bits));
  }
}
