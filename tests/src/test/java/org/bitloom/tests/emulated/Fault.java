package org.bitloom.tests.emulated;

import org.bitloom.runtime.api.KernelUnit;

/**
 * A deliberate mistake in a generated kernel.
 *
 * @param what the mistake, in words
 * @param text where it is made
 * @param right what occurs exactly once there
 * @param wrong what stands there instead
 */
record Fault(String what, KernelText text, String right, String wrong, Show show) {
  /** How a fault comes to light. */
  enum Show {
    /** The same in every run. */
    ALWAYS_ALIKE,
    /** By what the blocks that run at a time happen to find of each other's work. */
    AS_BLOCKS_MEET
  }

  Fault(String what, KernelText text, String right, String wrong) {
    this(what, text, right, wrong, Show.ALWAYS_ALIKE);
  }

  /** {@code unit} with the mistake, in the family of its text alone. */
  KernelUnit in(KernelUnit unit) {
    return text.change(unit, this::edit);
  }

  private String edit(String cuda) {
    int at = cuda.indexOf(right);
    if (at < 0 || cuda.indexOf(right, at + 1) >= 0) {
      throw new IllegalStateException("'" + what + "' no longer fits " + text + ": '" + right
          + (at < 0 ? "' is not in its text" : "' is in its text more than once"));
    }
    return cuda.substring(0, at) + wrong + cuda.substring(at + right.length());
  }
}
