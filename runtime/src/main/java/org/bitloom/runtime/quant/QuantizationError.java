package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * How far quantized weights are from the originals.
 *
 * @param relative Frobenius norm of the difference over that of the original; 0 where both are 0, infinite where only the
 *     original's is
 * @param maxAbsolute the largest difference of one weight
 * @param unscaled groups of weights too large or too small for what the format can store: a scale or offset of theirs is the
 *     last of its type, and the largest weight is missed by more than a quarter of it
 */
public record QuantizationError(double relative, double maxAbsolute, long unscaled) {
  private static final double MISSED = 0.25;

  /** Sums over one row. */
  private record RowError(double squares, double originalSquares, double max, long unscaled) {
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
        rows[row] = compare(exact, rounded, unscaled(dequantizer, row, exact, rounded));
      }
    });
    double squares = 0;
    double originalSquares = 0;
    double max = 0;
    long unscaled = 0;
    for (RowError row : rows) {
      squares += row.squares;
      originalSquares += row.originalSquares;
      max = Math.max(max, row.max);
      unscaled += row.unscaled;
    }
    return new QuantizationError(squares == 0 ? 0 : Math.sqrt(squares / originalSquares), max, unscaled);
  }

  private static long unscaled(Dequantizer quantized, int row, double[] exact, double[] rounded) {
    int run = quantized.run();
    long count = 0;
    for (int from = 0; from < exact.length; from += run) {
      if (quantized.atEnd(row, from) && missed(exact, rounded, from, Math.min(exact.length, from + run))) {
        count++;
      }
    }
    return count;
  }

  private static boolean missed(double[] exact, double[] rounded, int from, int to) {
    int largest = from;
    for (int i = from; i < to; i++) {
      largest = Math.abs(exact[i]) > Math.abs(exact[largest]) ? i : largest;
    }
    return exact[largest] != 0 && Math.abs(rounded[largest] - exact[largest]) > MISSED * Math.abs(exact[largest]);
  }

  private static RowError compare(double[] exact, double[] rounded, long unscaled) {
    double squares = 0;
    double originalSquares = 0;
    double max = 0;
    for (int i = 0; i < exact.length; i++) {
      double difference = rounded[i] - exact[i];
      squares += difference * difference;
      originalSquares += exact[i] * exact[i];
      max = Math.max(max, Math.abs(difference));
    }
    return new RowError(squares, originalSquares, max, unscaled);
  }
}
