package org.bitloom.job;

/**
 * Compares results with what they ought to be.
 *
 * @param n output features of the results
 * @param rows output features of {@code truth}; from there on the weights repeat
 * @param truth [m][rows] in float64, of the largest batch
 */
record Verdict(int n, int rows, double[] truth) {
  /** A comparison with weights that do not repeat. */
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
