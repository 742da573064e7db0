package org.bitloom.llama;

/** Root mean square normalisation (Zhang and Sennrich, arXiv 1910.07467). */
final class RmsNorm {
  private RmsNorm() {
  }

  /** {@code x / sqrt(mean(x^2) + epsilon) * weights}, for each row of as many features as there are weights. */
  static float[] apply(float[] x, float[] weights, double epsilon) {
    float[] result = new float[x.length];
    for (int from = 0; from < x.length; from += weights.length) {
      double squares = 0;
      for (int i = 0; i < weights.length; i++) {
        squares += (double) x[from + i] * x[from + i];
      }
      float factor = (float) (1 / Math.sqrt(squares / weights.length + epsilon));
      for (int i = 0; i < weights.length; i++) {
        result[from + i] = x[from + i] * factor * weights[i];
      }
    }
    return result;
  }
}
