package org.bitloom.runtime.quant;

import java.util.List;

/**
 * Finds scales and offset of one group before they are rounded. Least squares in turns, as {@link SignFit#alternate}, end in
 * whatever hollow they began in; so they start again and again from the best end so far with all its numbers moved some way, by
 * a sequence that is the same for every group and fills space evenly. Holds buffers; not for many threads.
 */
final class LevelSearch {
  private static final int MOST_ROUNDS = 100;
  /** A round must take this share off the error for another to follow. */
  private static final double LEAST_GAIN = 1e-6;
  private static final int HOPS_PER_PLANE = 8;
  /** Scales move by up to this share of themselves, the offset by up to this share of the largest scale. */
  private static final double REACH = 0.3;
  /** A share of the squares of all weights that rounding may pretend. */
  private static final double NOTHING = 1e-14;

  private final int planes;
  private final SortedLevels levels;
  private final SignNormal normal;
  private final double[] counts;
  private final double[] residuals;
  /** Distance of each number in one member of the sequence and the next. */
  private final double[] steps;

  /** Scales, and the offset from what was taken off the weights as their centre; 0 in formats without offsets. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; nobody writes to the scales
  record Levels(double[] scales, double offset) {
  }

  private record Found(Levels levels, double squaredError) {
    Found better(Found other) {
      return other.squaredError < squaredError ? other : this;
    }
  }

  LevelSearch(SignGroup.Types types) {
    planes = types.planes();
    levels = new SortedLevels(planes);
    normal = new SignNormal(planes, types.offset().isPresent());
    counts = new double[1 << planes];
    residuals = new double[1 << planes];
    steps = evenSteps(planes + (types.offset().isPresent() ? 1 : 0));
  }

  /** Powers of 1/g, where g^(dimensions+1) = g + 1: their multiples modulo 1 fill a cube evenly (Roberts's R sequence). */
  private static double[] evenSteps(int dimensions) {
    double g = 2;
    for (int i = 0; i < 60; i++) {
      g = Math.pow(1 + g, 1.0 / (dimensions + 1));
    }
    double[] steps = new double[dimensions];
    for (int i = 0; i < dimensions; i++) {
      steps[i] = Math.pow(g, -1 - i);
    }
    return steps;
  }

  /** The best levels found for {@code weights}. */
  Levels search(SortedWeights weights, List<Levels> starts) {
    Found best = improved(weights, starts.getFirst());
    for (Levels start : starts.subList(1, starts.size())) {
      best = best.better(improved(weights, start));
    }
    for (int hop = 1; hop <= HOPS_PER_PLANE * planes && best.squaredError > NOTHING * weights.squares(); hop++) {
      best = best.better(improved(weights, moved(best.levels, hop)));
    }
    return best.levels;
  }

  private Levels moved(Levels from, int hop) {
    double[] scales = from.scales.clone();
    for (int i = 0; i < planes; i++) {
      scales[i] *= 1 + move(i, hop);
    }
    return new Levels(scales, from.offset + (steps.length > planes ? move(planes, hop) * from.scales[0] : 0));
  }

  private double move(int number, int hop) {
    double at = 0.5 + hop * steps[number];
    return REACH * (2 * (at - Math.floor(at)) - 1);
  }

  private Found improved(SortedWeights weights, Levels start) {
    Found best = new Found(start, assign(weights, start));
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Levels next = changed(best.levels, normal.solve(counts, residuals));
      double error = assign(weights, next);
      if (!(error < best.squaredError * (1 - LEAST_GAIN))) {
        break;
      }
      best = new Found(next, error);
    }
    return best;
  }

  private Levels changed(Levels from, double[] change) {
    double[] scales = from.scales.clone();
    for (int i = 0; i < planes; i++) {
      scales[i] += change[i];
    }
    return new Levels(scales, from.offset + (steps.length > planes ? change[planes] : 0));
  }

  /** Counts what the nearest levels take, and what they miss; returns the sum of squared errors. */
  private double assign(SortedWeights weights, Levels group) {
    levels.set(group.scales, group.offset);
    double error = weights.squares();
    int from = 0;
    for (int rank = 0; rank < counts.length; rank++) {
      double level = levels.level(rank);
      int to = rank + 1 < counts.length
          ? Math.max(from, weights.below((level + levels.level(rank + 1)) / 2))
          : weights.count();
      double sum = weights.sum(from, to);
      counts[levels.code(rank)] = to - from;
      residuals[levels.code(rank)] = sum - (to - from) * level;
      error += level * ((to - from) * level - 2 * sum);
      from = to;
    }
    return Math.max(0, error);
  }
}
