package org.bitloom.runtime.quant;

/**
 * Finds the code of the level nearest to a weight among the 2^q levels of a group. A tie goes to the higher level, and of equal
 * levels to the highest code, so that with one plane the sign of 0 is +1.
 */
final class NearestLevel {
  private final int[] codes;
  private final double[] levels;
  private final double[] thresholds;

  /** @param byCode the level of each code; where the scales fall, plane 0 first, little is left to sort */
  NearestLevel(double[] byCode) {
    int bits = Integer.numberOfTrailingZeros(byCode.length);
    codes = new int[byCode.length];
    levels = new double[byCode.length];
    for (int i = 0; i < codes.length; i++) {
      insert(Integer.reverse(i) >>> (32 - bits), byCode, i);
    }
    thresholds = new double[levels.length - 1];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = (levels[i] + levels[i + 1]) / 2;
    }
  }

  /** Puts {@code code} among the {@code count} codes that lie sorted by level, then by code. */
  private void insert(int code, double[] byCode, int count) {
    double level = byCode[code];
    int at = count;
    for (; at > 0 && (levels[at - 1] > level || (levels[at - 1] == level && codes[at - 1] > code)); at--) {
      levels[at] = levels[at - 1];
      codes[at] = codes[at - 1];
    }
    levels[at] = level;
    codes[at] = code;
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
