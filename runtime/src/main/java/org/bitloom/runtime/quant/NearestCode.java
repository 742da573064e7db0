package org.bitloom.runtime.quant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import org.bitloom.runtime.api.DecodeTable;

/**
 * Finds the code whose value is nearest to a number, saturating at both ends. A tie goes to the even code: floats and
 * integers count up code by code, so this is IEEE 754's ties-to-even of the significand and the even integer. Where both
 * codes or neither are even (a codebook in any order), the lower code wins. Of codes with equal values (+0 and -0) the
 * lowest is taken; codes without a finite value never are.
 */
final class NearestCode {
  private static final int BUCKETS_PER_VALUE = 4;

  private final byte[] codes;
  private final double[] values;
  /** Rank i + 1 is taken for numbers above threshold i; ends with as many infinities as one search takes steps. */
  private final double[] thresholds;
  private final Buckets buckets;
  /** The thresholds in all buckets before each bucket. */
  private final short[] starts;
  /** The most thresholds in one bucket. */
  private final int steps;

  private record Level(int code, double value) {
  }

  NearestCode(DecodeTable table) {
    List<Level> levels = levels(table);
    codes = new byte[levels.size()];
    values = new double[levels.size()];
    double[] between = new double[levels.size() - 1];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) levels.get(i).code();
      values[i] = levels.get(i).value();
      if (i > 0) {
        between[i - 1] = threshold(levels.get(i - 1), levels.get(i));
      }
    }
    Buckets even = Buckets.Even.over(smallest(), largest(), BUCKETS_PER_VALUE * values.length);
    buckets = mostInOne(occupancy(even, between)) <= 1 ? even : octaves(between);
    short[] occupancy = occupancy(buckets, between);
    steps = mostInOne(occupancy);
    starts = new short[occupancy.length];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = (short) (starts[i - 1] + occupancy[i - 1]);
    }
    thresholds = Arrays.copyOf(between, between.length + steps);
    Arrays.fill(thresholds, between.length, thresholds.length, Double.POSITIVE_INFINITY);
  }

  private static Buckets octaves(double[] thresholds) {
    double[] magnitudes = Arrays.stream(thresholds).map(Math::abs).filter(x -> x > 0).sorted().toArray();
    return magnitudes.length == 0
        ? new Buckets.Even(0, 1, 1)
        : Buckets.Octaves.over(magnitudes[0], magnitudes[magnitudes.length - 1]);
  }

  private static short[] occupancy(Buckets buckets, double[] thresholds) {
    short[] occupancy = new short[buckets.count()];
    for (double threshold : thresholds) {
      occupancy[buckets.of(threshold)]++;
    }
    return occupancy;
  }

  private static int mostInOne(short[] occupancy) {
    int most = 0;
    for (short count : occupancy) {
      most = Math.max(most, count);
    }
    return most;
  }

  private static List<Level> levels(DecodeTable table) {
    List<Level> levels = new ArrayList<>();
    for (int code = 0; code < table.size(); code++) {
      if (Float.isFinite(table.value(code))) {
        levels.add(new Level(code, table.value(code) + 0.0));
      }
    }
    if (levels.isEmpty()) {
      throw new QuantizationException("no code of this format has a value of its own; it needs another quantizer");
    }
    levels.sort(Comparator.comparingDouble(Level::value).thenComparingInt(Level::code));
    List<Level> distinct = new ArrayList<>();
    for (Level level : levels) {
      if (distinct.isEmpty() || distinct.getLast().value() != level.value()) {
        distinct.add(level);
      }
    }
    return distinct;
  }

  private static double threshold(Level low, Level high) {
    double middle = (low.value() + high.value()) / 2;
    boolean lowIsEven = (low.code() & 1) == 0;
    boolean highIsEven = (high.code() & 1) == 0;
    boolean highWinsTie = lowIsEven == highIsEven ? high.code() < low.code() : highIsEven;
    return highWinsTie ? Math.nextDown(middle) : middle;
  }

  /** The rank among the sorted values of the one nearest to {@code x}. */
  int nearest(double x) {
    int rank = starts[buckets.of(x)];
    int end = rank + steps;
    for (int i = rank; i < end; i++) {
      rank += x > thresholds[i] ? 1 : 0;
    }
    return rank;
  }

  /** The code of a rank. */
  byte code(int rank) {
    return codes[rank];
  }

  /** The value of a rank. */
  double value(int rank) {
    return values[rank];
  }

  /** Number of different values. */
  int count() {
    return values.length;
  }

  double smallest() {
    return values[0];
  }

  double largest() {
    return values[values.length - 1];
  }

  boolean holdsZero() {
    return values[nearest(0)] == 0;
  }
}
