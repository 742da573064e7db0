package org.bitloom.tests.emulated;

import java.util.List;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;

/**
 * A deliberate mistake in a generated kernel.
 *
 * @param what the mistake, in words
 * @param kernel which of {@link Faults#DECLARATIONS} it is made in
 * @param right text that occurs exactly once in that kernel's first variant that has it
 * @param wrong what stands there instead
 */
record Fault(String what, String kernel, String right, String wrong, Show show) {
  /** How a fault comes to light. */
  enum Show {
    /** The same in every run. */
    ALWAYS_ALIKE,
    /** By what the blocks that run at a time happen to find of each other's work. */
    AS_BLOCKS_MEET
  }

  Fault(String what, String kernel, String right, String wrong) {
    this(what, kernel, right, wrong, Show.ALWAYS_ALIKE);
  }

  /** {@code unit} with the mistake. */
  KernelUnit in(KernelUnit unit) {
    KernelVariant variant = unit.variants().stream().filter(v -> v.cuda().contains(right)).findFirst()
        .orElse(unit.variants().getFirst());
    String cuda = variant.cuda();
    int at = cuda.indexOf(right);
    if (at < 0 || cuda.indexOf(right, at + 1) >= 0) {
      throw new IllegalStateException("'" + what + "' no longer fits " + kernel + ": '" + right
          + (at < 0 ? "' is not in its text" : "' is in its text more than once"));
    }
    return new KernelUnit(unit.entry(), unit.format(), unit.layout(), unit.x(), unit.y(), unit.epilogue(),
        List.of(new KernelVariant(variant.family(),
            cuda.substring(0, at) + wrong + cuda.substring(at + right.length()), variant.order(), variant.space())));
  }
}
