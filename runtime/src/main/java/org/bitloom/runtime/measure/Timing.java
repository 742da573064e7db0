package org.bitloom.runtime.measure;

import java.util.Arrays;

/**
 * Times of one launch over many replays, in microseconds.
 *
 * @param medianUs median over the replays
 * @param fastestUs fastest replay
 * @param slowestUs slowest replay
 */
public record Timing(double medianUs, double fastestUs, double slowestUs) {
  /** Summarises one time a replay. */
  public static Timing of(double... us) {
    if (us.length == 0) {
      throw new IllegalArgumentException("a timing needs at least one replay");
    }
    double[] sorted = us.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Timing(median, sorted[0], sorted[sorted.length - 1]);
  }
}
