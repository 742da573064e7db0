package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts of checked products.
 *
 * @param failures one line for each failed product
 */
public record Tally(long passed, long skipped, double maxError, List<String> failures) {
  /** Nothing checked yet. */
  public static final Tally NOTHING = new Tally(0, 0, 0, List.of());

  public Tally {
    failures = List.copyOf(failures);
  }

  static Tally pass(double error) {
    return new Tally(1, 0, error, List.of());
  }

  static Tally failure(double error, String what) {
    return new Tally(0, 0, error, List.of(what));
  }

  static Tally skip(long products) {
    return new Tally(0, products, 0, List.of());
  }

  /** Failed products. */
  public long failed() {
    return failures.size();
  }

  /** Both together; a NaN error stays. */
  public Tally plus(Tally other) {
    List<String> all = new ArrayList<>(failures);
    all.addAll(other.failures);
    return new Tally(passed + other.passed, skipped + other.skipped, Math.max(maxError, other.maxError), all);
  }
}
