package org.bitloom.runtime.quant;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Finds the code of the level nearest to a weight among the 2^q levels of a group. A tie goes to the higher level, and of equal
 * levels to the highest code, so that with one plane the sign of 0 is +1.
 */
final class NearestLevel {
  private final int[] codes;
  private final double[] levels;
  private final double[] thresholds;

  /** @param byCode the level of each code */
  NearestLevel(double[] byCode) {
    codes = IntStream.range(0, byCode.length).boxed()
        .sorted(Comparator.<Integer>comparingDouble(code -> byCode[code]).thenComparingInt(code -> code))
        .mapToInt(code -> code).toArray();
    levels = IntStream.of(codes).mapToDouble(code -> byCode[code]).toArray();
    thresholds = new double[levels.length - 1];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = (levels[i] + levels[i + 1]) / 2;
    }
  }

  /** The rank, 0 for the lowest level, of the level nearest to {@code weight}. */
  int rank(double weight) {
    int rank = 0;
    for (int step = codes.length / 2; step > 0; step /= 2) {
      rank += weight >= thresholds[rank + step - 1] ? step : 0;
    }
    return rank;
  }

  int code(int rank) {
    return codes[rank];
  }

  double level(int rank) {
    return levels[rank];
  }
}
