package org.bitloom.llama;

/**
 * A weight matrix in float32, held [k][n] so that products run along n.
 *
 * @param n output features
 * @param k input features
 * @param columns [k][n]
 */
@SuppressWarnings("ArrayRecordComponent") // matrices are multiplied, never compared
record Matrix(int n, int k, float[] columns) {
  /** Gives the weights of one row. */
  @FunctionalInterface
  interface Rows {
    void row(int row, double[] into);
  }

  static Matrix of(int n, int k, Rows rows) {
    float[] columns = new float[Math.multiplyExact(n, k)];
    double[] row = new double[k];
    for (int i = 0; i < n; i++) {
      rows.row(i, row);
      for (int j = 0; j < k; j++) {
        columns[j * n + i] = (float) row[j];
      }
    }
    return new Matrix(n, k, columns);
  }

  /** y[count][n] = x[count][k] * W^T, sums in float32 over rising k. */
  float[] multiply(float[] x, int count) {
    float[] y = new float[count * n];
    int t = 0;
    for (; t + 1 < count; t += 2) {
      int j = 0;
      for (; j + 3 < k; j += 4) {
        addTwo(columns, j * n, n, x, t * k + j, k, y, t * n);
      }
      addRest(x, y, t, j);
      addRest(x, y, t + 1, j);
    }
    if (t < count) {
      addRest(x, y, t, 0);
    }
    return y;
  }

  private void addRest(float[] x, float[] y, int t, int firstColumn) {
    for (int j = firstColumn; j < k; j++) {
      float a = x[t * k + j];
      for (int i = 0; i < n; i++) {
        y[t * n + i] = Math.fma(a, columns[j * n + i], y[t * n + i]);
      }
    }
  }

  /** Four columns for two tokens at a time: a loop that the JVM vectorises. */
  private static void addTwo(float[] w, int from, int n, float[] x, int at, int k, float[] y, int to) {
    float a0 = x[at];
    float a1 = x[at + 1];
    float a2 = x[at + 2];
    float a3 = x[at + 3];
    float b0 = x[at + k];
    float b1 = x[at + k + 1];
    float b2 = x[at + k + 2];
    float b3 = x[at + k + 3];
    for (int i = 0; i < n; i++) {
      float w0 = w[from + i];
      float w1 = w[from + n + i];
      float w2 = w[from + 2 * n + i];
      float w3 = w[from + 3 * n + i];
      y[to + i] = Math.fma(a3, w3, Math.fma(a2, w2, Math.fma(a1, w1, Math.fma(a0, w0, y[to + i]))));
      y[to + n + i] = Math.fma(b3, w3, Math.fma(b2, w2, Math.fma(b1, w1, Math.fma(b0, w0, y[to + n + i]))));
    }
  }
}
