package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.DecodeTable;

/**
 * Groups of evenly spaced levels to start from. The first is the uniform integer format of as many bits under the scale that
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

  /** The coding by the integer format's levels. */
  SignFit.Coding integers(SignFit fit, double[] weights) {
    Affine one = Affine.scale(1);
    Need need = one.need(Span.of(weights, 0, weights.length), values);
    StoredScale stored = new StoredScale(types.scale(), 1);
    double scale = need.weights() == 0
        ? 0
        : stored.value(new ScaleChoice.LeastSquares().scale(stored, need,
            s -> one.withScale(s).squaredError(weights, 0, weights.length, values)));
    return fit.nearest(weights, group(scale * step, scale * middle));
  }

  /** The best coding by levels that span most of the weights' extent, around its middle. */
  SignFit.Coding span(SignFit fit, double[] weights) {
    Span span = Span.of(weights, 0, weights.length);
    SignFit.Coding best = null;
    for (double clip : CLIPS) {
      double distance = clip * span.width() / ((1 << types.planes()) - 1);
      SignFit.Coding coding = fit.nearest(weights, group(distance, span.middle()));
      best = best == null ? coding : best.better(coding);
    }
    return best;
  }

  /** Levels {@code distance} apart around {@code offset}. */
  private SignGroup group(double distance, double offset) {
    double[] scales = new double[types.planes()];
    for (int plane = 0; plane < scales.length; plane++) {
      scales[plane] = Math.scalb(distance, scales.length - 2 - plane);
    }
    return SignGroup.nearest(types, scales, offset);
  }
}
