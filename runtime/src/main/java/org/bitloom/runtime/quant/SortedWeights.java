package org.bitloom.runtime.quant;

import java.util.Arrays;

/**
 * The weights of a group by size, and what they add up to: what levels miss can then be told from a search for each threshold
 * between two of them, without a look at each weight.
 */
final class SortedWeights {
  /** Rising, with infinities behind, so that a search takes as many steps wherever it ends. */
  private final double[] rising;
  /** Element i is the sum of the i lowest weights. */
  private final double[] sums;
  private final int firstStep;
  private final double squares;

  /** @param centre is taken off each weight */
  SortedWeights(double[] weights, double centre) {
    int size = Integer.highestOneBit(weights.length) * 2;
    rising = new double[size - 1];
    firstStep = size / 2;
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      rising[i] = weights[i] - centre;
      total += rising[i] * rising[i];
    }
    squares = total;
    Arrays.sort(rising, 0, weights.length);
    Arrays.fill(rising, weights.length, rising.length, Double.POSITIVE_INFINITY);
    sums = new double[weights.length + 1];
    for (int i = 0; i < weights.length; i++) {
      sums[i + 1] = sums[i] + rising[i];
    }
  }

  int count() {
    return sums.length - 1;
  }

  /** How many weights are below {@code threshold}. */
  int below(double threshold) {
    int at = 0;
    for (int step = firstStep; step > 0; step >>= 1) {
      at += rising[at + step - 1] < threshold ? step : 0;
    }
    return at;
  }

  /** The sum of the weights from the one with {@code from} below it on, and before the one with {@code to} below it. */
  double sum(int from, int to) {
    return sums[to] - sums[from];
  }

  /** The sum of all weights squared. */
  double squares() {
    return squares;
  }

  double lowest() {
    return rising[0];
  }

  double highest() {
    return rising[count() - 1];
  }

  /** The sum of squared errors if each weight takes the nearest of {@code levels} levels, {@code step} apart. */
  double squaredError(double lowest, double step, int levels) {
    double error = squares;
    int from = 0;
    for (int i = 0; i < levels; i++) {
      double level = lowest + i * step;
      int to = i == levels - 1 ? count() : below(level + step / 2);
      error += level * ((to - from) * level - 2 * sum(from, to));
      from = to;
    }
    return Math.max(0, error);
  }
}
