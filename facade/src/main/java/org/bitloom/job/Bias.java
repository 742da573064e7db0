package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.SplittableRandom;

import org.bitloom.runtime.api.KernelUnit;

/** Bias vectors for kernels that take one, the same for one n. */
final class Bias {
  private static final long SEED = 11;

  private Bias() {
  }

  static Optional<MemorySegment> of(KernelUnit kernel, int n, Arena arena) {
    if (!kernel.takesBias()) {
      return Optional.empty();
    }
    MemorySegment bias = arena.allocate((long) n * Short.BYTES, 256);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < n; i++) {
      bias.setAtIndex(ValueLayout.JAVA_SHORT, i, SixteenBit.round(kernel.y(), random.nextGaussian()));
    }
    return Optional.of(bias);
  }
}
