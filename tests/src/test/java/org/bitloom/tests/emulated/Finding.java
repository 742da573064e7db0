package org.bitloom.tests.emulated;

import org.bitloom.runtime.api.Schedule;

/** What one check found wrong with a kernel. */
record Finding(Check check, String kernel, int n, int k, int m, Schedule schedule, String what) {
  /** The checks that every kernel must pass. */
  sealed interface Check {
    /** What the check is called. */
    String name();

    /** The result is near float64. */
    record Numerics() implements Check {
      @Override
      public String name() {
        return "numerics";
      }
    }

    /** Results are the numbers of their type nearest to float64, all but those near the middle between two. */
    record Rounding() implements Check {
      @Override
      public String name() {
        return "rounding";
      }
    }

    /** Two runs give the same bits. */
    record Determinism() implements Check {
      @Override
      public String name() {
        return "determinism";
      }
    }

    /** The emulator sees no access, barrier or counter at fault. */
    record Sanitizer() implements Check {
      @Override
      public String name() {
        return "sanitizer";
      }
    }
  }

  @Override
  public String toString() {
    return "%s %dx%d m=%d %s: %s: %s".formatted(kernel, n, k, m, schedule, check.name(), what);
  }
}
