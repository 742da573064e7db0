package org.bitloom.runtime.quant;

/** The least and the greatest of some weights. */
record Span(double min, double max) {
  static Span of(double[] weights, int from, int to) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      min = Math.min(min, weights[i]);
      max = Math.max(max, weights[i]);
    }
    return new Span(min, max);
  }

  Span union(Span other) {
    return new Span(Math.min(min, other.min), Math.max(max, other.max));
  }

  Span withZero() {
    return new Span(Math.min(min, 0), Math.max(max, 0));
  }

  double middle() {
    return (min + max) / 2;
  }

  double width() {
    return max - min;
  }
}
