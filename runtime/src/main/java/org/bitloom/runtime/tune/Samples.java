package org.bitloom.runtime.tune;

import java.util.Arrays;

/** Times of one schedule in one race. */
final class Samples {
  /** Median absolute deviations in a standard deviation, for normally distributed noise. */
  private static final double DEVIATIONS = 1.4826;

  private double[] us = new double[32];
  private int count;

  void add(double sample) {
    if (count == us.length) {
      us = Arrays.copyOf(us, 2 * count);
    }
    us[count++] = sample;
  }

  double median() {
    return median(Arrays.copyOf(us, count));
  }

  /** How far the median may be off, as one standard error, judged from the spread without outliers. */
  double error() {
    double median = median();
    double[] off = new double[count];
    for (int i = 0; i < count; i++) {
      off[i] = Math.abs(us[i] - median);
    }
    return DEVIATIONS * median(off) / Math.sqrt(count);
  }

  private static double median(double... values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
