package org.bitloom.job;

/**
 * Compares results with what they ought to be.
 *
 * @param n output features of the results
 * @param truth [m][rows] in float64, of the largest batch; the weights repeat after these rows
 */
record Verdict(int n, double[][] truth) {
  /** {@code ||y - truth|| / ||truth||} over the rows that {@code y} has; NaN if a number is missing. */
  double error(Output y) {
    int period = truth[0].length;
    RelativeError error = new RelativeError();
    for (int i = 0; i < y.size(); i++) {
      error.add(y.value(i), truth[i / n][i % n % period]);
    }
    return error.value();
  }
}
