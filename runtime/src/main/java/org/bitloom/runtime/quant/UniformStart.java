package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.DecodeTable;

/**
 * Evenly spaced levels to start from. The first are those of the uniform integer format of as many bits under the scale that
 * {@link ClipSearch} finds for it: its levels s * (c - 2^(q-1)) are those of scales s * 2^(q-2), ..., s / 2 and the offset
 * -s / 2. Without an offset it is the odd integers, {@code bipolar q}.
 */
final class UniformStart {
  private static final double[] CLIPS = {1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6};

  private final SignGroup.Types types;
  private final NearestCode values;
  /** Distance of two values, and the value in the middle of all. */
  private final double step;
  private final double middle;

  UniformStart(SignGroup.Types types) {
    this.types = types;
    boolean offset = types.offset().isPresent();
    float[] table = new float[1 << types.planes()];
    for (int code = 0; code < table.length; code++) {
      table[code] = offset ? code - table.length / 2 : 2 * code - (table.length - 1);
    }
    this.values = new NearestCode(DecodeTable.of(table));
    this.step = offset ? 1 : 2;
    this.middle = offset ? -0.5 : 0;
  }

  /**
   * The integer format's levels.
   *
   * @param sorted the weights less {@code centre}
   */
  SignGroup integers(double[] weights, SortedWeights sorted, double centre) {
    Need need = Affine.scale(1).need(Span.of(weights, 0, weights.length), values);
    StoredScale stored = new StoredScale(types.scale(), 1);
    double scale = need.weights() == 0
        ? 0
        : stored.value(ScaleChoice.LeastSquares.uniform().scale(stored, need,
            s -> sorted.squaredError(s * values.smallest() - centre, s * step, 1 << types.planes())));
    return group(scale * step, scale * middle);
  }

  /** Evenly spaced levels over most of the weights' extent, around its middle: those that miss least. */
  LevelSearch.Levels span(SortedWeights weights) {
    double width = weights.highest() - weights.lowest();
    double middle = types.offset().isPresent() ? (weights.highest() + weights.lowest()) / 2 : 0;
    int count = 1 << types.planes();
    double best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (double clip : CLIPS) {
      double distance = clip * width / (count - 1);
      double error = weights.squaredError(middle - distance * (count - 1) / 2, distance, count);
      if (error < least) {
        least = error;
        best = distance;
      }
    }
    return new LevelSearch.Levels(scales(best), middle);
  }

  /** Levels {@code distance} apart around {@code offset}. */
  private SignGroup group(double distance, double offset) {
    return SignGroup.nearest(types, scales(distance), offset);
  }

  private double[] scales(double distance) {
    double[] scales = new double[types.planes()];
    for (int plane = 0; plane < scales.length; plane++) {
      scales[plane] = Math.scalb(distance, scales.length - 2 - plane);
    }
    return scales;
  }
}
