package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.bitloom.runtime.api.ActivationType;

/**
 * Activations x[m][k] of one type, row-major.
 *
 * @param bits 2-byte elements in native memory
 */
public record Activations(ActivationType type, int m, int k, MemorySegment bits) {
  /** Normally distributed activations that depend on {@code seed} alone. */
  public static Activations random(ActivationType type, int m, int k, long seed, Arena arena) {
    MemorySegment bits = arena.allocate((long) m * k * Short.BYTES, 256);
    RandomGenerator random = new SplittableRandom(seed);
    for (long i = 0; i < (long) m * k; i++) {
      bits.setAtIndex(ValueLayout.JAVA_SHORT, i, SixteenBit.round(type, random.nextGaussian()));
    }
    return new Activations(type, m, k, bits);
  }

  /** Nothing but zeros. */
  static Activations zero(ActivationType type, int m, int k, Arena arena) {
    return new Activations(type, m, k, arena.allocate((long) m * k * Short.BYTES, 256));
  }
}
