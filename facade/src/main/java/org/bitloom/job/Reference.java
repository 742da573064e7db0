package org.bitloom.job;

import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;
import org.bitloom.runtime.quant.Dequantizer;

/** Dequantized weights and products with them in float64: what every kernel is compared with. */
final class Reference {
  private final int k;
  private final double[][] weights;

  private Reference(int k, double[][] weights) {
    this.k = k;
    this.weights = weights;
  }

  static Reference of(QuantizedWeights quantized) {
    double[][] weights = new double[quantized.n()][quantized.k()];
    Dequantizer dequantizer = new Dequantizer(quantized);
    ParallelRows.ofAllProcessors().forEach(weights.length, 1, (first, end) -> {
      for (int row = first; row < end; row++) {
        dequantizer.row(row, weights[row]);
      }
    });
    return new Reference(quantized.k(), weights);
  }

  /** {@code x * w^T}, [m][n]. */
  double[][] product(Activations x) {
    double[][] rows = new double[x.m()][k];
    for (int i = 0; i < x.m(); i++) {
      x.row(i, rows[i]);
    }
    double[][] y = new double[x.m()][weights.length];
    ParallelRows.ofAllProcessors().forEach(weights.length, 1, (first, end) -> {
      for (int row = first; row < end; row++) {
        for (int i = 0; i < rows.length; i++) {
          y[i][row] = dot(rows[i], weights[row]);
        }
      }
    });
    return y;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
