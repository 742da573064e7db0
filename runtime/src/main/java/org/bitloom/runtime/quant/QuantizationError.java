package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * How far quantized weights are from the originals.
 *
 * @param relative Frobenius norm of the difference over that of the original; 0 where both are 0, infinite where only the
 *     original's is
 * @param maxAbsolute the largest difference of one weight
 */
public record QuantizationError(double relative, double maxAbsolute) {
  /** Sums over one row. */
  private record RowError(double squares, double originalSquares, double max) {
  }

  /**
   * Compares weight by weight.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  public static QuantizationError of(WeightMatrix original, QuantizedWeights quantized) {
    if (original.n() != quantized.n() || original.k() != quantized.k()) {
      throw new IllegalArgumentException("the original is " + original.n() + " x " + original.k()
          + ", the quantized matrix " + quantized.n() + " x " + quantized.k());
    }
    Dequantizer dequantizer = new Dequantizer(quantized);
    RowError[] rows = new RowError[original.n()];
    ParallelRows.ofAllProcessors().forEach(original.n(), Math.ceilDiv(1 << 16, original.k()), (first, end) -> {
      double[] exact = new double[original.k()];
      double[] rounded = new double[original.k()];
      for (int row = first; row < end; row++) {
        original.row(row, exact);
        dequantizer.row(row, rounded);
        rows[row] = compare(exact, rounded);
      }
    });
    double squares = 0;
    double originalSquares = 0;
    double max = 0;
    for (RowError row : rows) {
      squares += row.squares;
      originalSquares += row.originalSquares;
      max = Math.max(max, row.max);
    }
    return new QuantizationError(squares == 0 ? 0 : Math.sqrt(squares / originalSquares), max);
  }

  private static RowError compare(double[] exact, double[] rounded) {
    double squares = 0;
    double originalSquares = 0;
    double max = 0;
    for (int i = 0; i < exact.length; i++) {
      double difference = rounded[i] - exact[i];
      squares += difference * difference;
      originalSquares += exact[i] * exact[i];
      max = Math.max(max, Math.abs(difference));
    }
    return new RowError(squares, originalSquares, max);
  }
}
