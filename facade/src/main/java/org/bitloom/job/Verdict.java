package org.bitloom.job;

/** Compares results with what they ought to be. */
final class Verdict {
  private final int n;
  private final int rows;
  private final double[] truth;

  /**
   * A comparison with weights whose rows repeat.
   *
   * @param n output features of the results
   * @param rows output features of {@code truth}; from there on the weights repeat
   * @param truth [m][rows] in float64, of the largest batch
   */
  Verdict(int n, int rows, double[] truth) {
    this.n = n;
    this.rows = rows;
    this.truth = truth;
  }

  /** A comparison with weights that do not repeat; {@code truth} is [m][n]. */
  Verdict(int n, double[] truth) {
    this(n, n, truth);
  }

  /** {@code ||y - truth|| / ||truth||} over the rows of the batch that {@code y} has; NaN if a number is missing. */
  double error(Output y) {
    RelativeError error = new RelativeError();
    for (int i = 0; i < y.size(); i++) {
      error.add(y.value(i), truth[i / n * rows + i % n % rows]);
    }
    return error.value();
  }
}
