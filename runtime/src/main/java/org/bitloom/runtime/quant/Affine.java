package org.bitloom.runtime.quant;

/** The map from values to weights of one group: {@code weight = scale * (value - zero) + offset}. */
record Affine(double scale, double zero, double offset) {
  static Affine scale(double scale) {
    return new Affine(scale, 0, 0);
  }

  Affine withScale(double other) {
    return new Affine(other, zero, offset);
  }

  /** The scale that {@code span} needs under this zero and offset. */
  Need need(Span span, NearestCode values) {
    return side(span.max() - offset, values.largest() - zero)
        .larger(side(offset - span.min(), zero - values.smallest()));
  }

  private static Need side(double weights, double values) {
    return weights > 0 && values > 0 ? new Need(weights, values) : Need.NOTHING;
  }

  /** The sum of squared errors of the nearest codes. */
  double squaredError(double[] weights, int from, int to, NearestCode values) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      double shifted = weights[i] - offset;
      double error = scale * (values.value(values.nearest(shifted / scale + zero)) - zero) - shifted;
      sum += error * error;
    }
    return sum;
  }

  /** The nearest codes. */
  void encode(double[] weights, int from, int to, NearestCode values, byte[] codes) {
    for (int i = from; i < to; i++) {
      codes[i] = values.code(values.nearest((weights[i] - offset) / scale + zero));
    }
  }
}
