package org.bitloom.job;

import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.parallel.ParallelRows;

/** Compares results with what they ought to be. */
final class Verdict {
  private static final int RESULTS_PER_RANGE = 1 << 16;

  private final int n;
  private final int rows;
  private final int tokens;
  private final double[] truth;

  /**
   * A comparison with weights whose rows repeat, and activations whose rows repeat.
   *
   * @param n output features of the results
   * @param rows output features of {@code truth}; from there on the weights repeat
   * @param tokens rows of {@code truth}; from there on activations repeat
   * @param truth [tokens][rows] in float64
   */
  Verdict(int n, int rows, int tokens, double[] truth) {
    this.n = n;
    this.rows = rows;
    this.tokens = tokens;
    this.truth = truth;
  }

  /** A comparison with weights and activations that do not repeat; {@code truth} is [m][n], of the largest batch. */
  Verdict(int n, double[] truth) {
    this(n, n, truth.length / n, truth);
  }

  /** {@code ||y - truth|| / ||truth||} over the rows of the batch that {@code y} has; NaN if a number is missing. */
  double error(Output y) {
    int m = y.size() / n;
    RelativeError[] errors = new RelativeError[m];
    ParallelRows.ofAllProcessors().forEach(m, Math.max(1, RESULTS_PER_RANGE / n), (first, end) -> {
      for (int row = first; row < end; row++) {
        errors[row] = error(y, row);
      }
    });
    RelativeError sum = new RelativeError();
    List.of(errors).forEach(sum::add);
    return sum.value();
  }

  private RelativeError error(Output y, int row) {
    RelativeError error = new RelativeError();
    for (int i = 0; i < n; i++) {
      error.add(y.value(row * n + i), truth[row % tokens * rows + i % rows]);
    }
    return error;
  }

  /** What is wrong with {@code y}, if anything is: memory behind it, numbers that are missing, or too far off. */
  Optional<String> fault(Output y, ActivationType type) {
    if (y.damage().isPresent()) {
      return y.damage();
    }
    double error = error(y);
    return error <= Tolerance.of(type)
        ? Optional.empty()
        : Optional.of("relative error %.3g, allowed %.3g".formatted(error, Tolerance.of(type)));
  }
}
