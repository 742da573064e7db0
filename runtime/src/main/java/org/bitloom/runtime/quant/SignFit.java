package org.bitloom.runtime.quant;

import java.util.Arrays;

/**
 * Codes one group of weights as sums of scaled signs. Errors are those of the scales and offsets as they are stored. Holds
 * buffers for groups of any size; not for many threads.
 */
final class SignFit {
  private final SignGroup.Types types;
  /** Weights of each code, and the sum of what their levels miss: all that least squares needs to know of a group. */
  private final double[] counts;
  private final double[] residuals;
  private final SignNormal normal;

  /** A coding of a group. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; nobody writes to the codes
  record Coding(SignGroup group, byte[] codes, double squaredError) {
    /** The better one; the first of equals. */
    Coding better(Coding other) {
      return other.squaredError < squaredError ? other : this;
    }
  }

  SignFit(SignGroup.Types types) {
    this.types = types;
    this.counts = new double[1 << types.planes()];
    this.residuals = new double[1 << types.planes()];
    this.normal = new SignNormal(types.planes(), types.offset().isPresent());
  }

  /**
   * Plane after plane: b = sign(r), scale = mean|r|, r less scale * b, the sign of 0 being +1 (LUT-GEMM, section 3.1). The
   * offset is the mean or the middle of the weights, whichever ends better.
   */
  Coding greedy(double[] weights) {
    if (types.offset().isEmpty()) {
      return greedy(weights, 0);
    }
    Span span = Span.of(weights, 0, weights.length);
    return greedy(weights, Arrays.stream(weights).sum() / weights.length).better(greedy(weights, span.middle()));
  }

  private Coding greedy(double[] weights, double offset) {
    int offsetBits = types.offsetBits(offset);
    double[] rest = weights.clone();
    for (int i = 0; i < rest.length; i++) {
      rest[i] -= types.offset(offsetBits);
    }
    int[] scaleBits = new int[types.planes()];
    double[] scales = new double[types.planes()];
    int[] signs = new int[rest.length];
    for (int plane = 0; plane < scales.length; plane++) {
      double sum = 0;
      for (double r : rest) {
        sum += Math.abs(r);
      }
      scaleBits[plane] = types.scaleBits(sum / rest.length);
      scales[plane] = types.scale().value(scaleBits[plane]);
      for (int i = 0; i < rest.length; i++) {
        boolean positive = rest[i] >= 0;
        signs[i] |= (positive ? 1 : 0) << plane;
        rest[i] -= positive ? scales[plane] : -scales[plane];
      }
    }
    double error = 0;
    for (double r : rest) {
      error += r * r;
    }
    int[] order = SignGroup.order(scales);
    byte[] codes = new byte[signs.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) permuted(signs[i], order);
    }
    return new Coding(SignGroup.of(types, Arrays.stream(order).map(i -> scaleBits[i]).toArray(), offsetBits), codes,
        error);
  }

  private static int permuted(int signs, int[] order) {
    int code = 0;
    for (int plane = 0; plane < order.length; plane++) {
      code |= (signs >>> order[plane] & 1) << plane;
    }
    return code;
  }

  /** Every weight at the nearest level of {@code group}. */
  Coding nearest(double[] weights, SignGroup group) {
    NearestLevel levels = new NearestLevel(group.levels());
    byte[] codes = new byte[weights.length];
    double error = 0;
    for (int i = 0; i < codes.length; i++) {
      int rank = levels.rank(weights[i]);
      double missed = levels.level(rank) - weights[i];
      codes[i] = (byte) levels.code(rank);
      error += missed * missed;
    }
    return new Coding(group, codes, error);
  }

  /** Least squares for scales and offset under the codes of {@code before}, rounded, then every weight at its nearest level. */
  Coding alternate(double[] weights, Coding before) {
    Arrays.fill(counts, 0);
    Arrays.fill(residuals, 0);
    double[] levels = before.group().levels();
    for (int i = 0; i < weights.length; i++) {
      int code = before.codes()[i] & 0xff;
      counts[code]++;
      residuals[code] += weights[i] - levels[code];
    }
    double[] change = normal.solve(counts, residuals);
    double[] scales = before.group().scales().clone();
    for (int i = 0; i < scales.length; i++) {
      scales[i] += change[i];
    }
    double offset = before.group().offset() + (types.offset().isPresent() ? change[scales.length] : 0);
    return nearest(weights, SignGroup.nearest(types, scales, offset));
  }
}
