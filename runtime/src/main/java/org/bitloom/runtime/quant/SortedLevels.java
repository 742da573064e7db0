package org.bitloom.runtime.quant;

/**
 * The 2^q levels of a group, rising, and their codes: plane after plane, the levels so far less its scale and those plus its
 * scale are merged. Holds buffers; not for many threads.
 */
final class SortedLevels {
  private final int planes;
  private double[] levels;
  private int[] codes;
  private double[] nextLevels;
  private int[] nextCodes;

  SortedLevels(int planes) {
    this.planes = planes;
    levels = new double[1 << planes];
    codes = new int[1 << planes];
    nextLevels = new double[1 << planes];
    nextCodes = new int[1 << planes];
  }

  /** Sets the levels to {@code offset + sum of scale_i * sign_i}; {@code scales} may hold further numbers. */
  void set(double[] scales, double offset) {
    levels[0] = offset;
    codes[0] = 0;
    for (int plane = planes - 1; plane >= 0; plane--) {
      merge(1 << (planes - 1 - plane), scales[plane], 1 << plane);
    }
  }

  private void merge(int count, double scale, int bit) {
    int minus = 0;
    int plus = 0;
    for (int at = 0; at < 2 * count; at++) {
      boolean takesMinus = plus == count || (minus < count && levels[minus] - scale <= levels[plus] + scale);
      nextLevels[at] = takesMinus ? levels[minus] - scale : levels[plus] + scale;
      nextCodes[at] = takesMinus ? codes[minus] : codes[plus] | bit;
      minus += takesMinus ? 1 : 0;
      plus += takesMinus ? 0 : 1;
    }
    double[] oldLevels = levels;
    int[] oldCodes = codes;
    levels = nextLevels;
    codes = nextCodes;
    nextLevels = oldLevels;
    nextCodes = oldCodes;
  }

  int count() {
    return levels.length;
  }

  double level(int rank) {
    return levels[rank];
  }

  int code(int rank) {
    return codes[rank];
  }
}
