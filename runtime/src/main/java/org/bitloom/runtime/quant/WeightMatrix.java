package org.bitloom.runtime.quant;

import java.lang.foreign.MemorySegment;

/**
 * An unquantized weight matrix in native memory.
 *
 * @param data [n][k] numbers, row-major, little-endian, unaligned allowed
 * @param n output features
 * @param k input features
 */
public record WeightMatrix(MemorySegment data, ElementType type, int n, int k) {
  public WeightMatrix {
    if (n < 1 || k < 1) {
      throw new IllegalArgumentException("a weight matrix has n, k >= 1, not " + n + " x " + k);
    }
    long bytes = (long) n * k * type.bytes();
    if (data.byteSize() != bytes) {
      throw new IllegalArgumentException(
          n + " x " + k + " numbers of " + type + " are " + bytes + " bytes, not " + data.byteSize());
    }
  }

  /** Copies one row. */
  public void row(int row, double[] into) {
    type.read(data, (long) row * k * type.bytes(), into);
  }

  /**
   * Copies one row of finite numbers.
   *
   * @throws QuantizationException if a number is NaN or infinite, naming its place
   */
  public void finiteRow(int row, double[] into) {
    row(row, into);
    for (int i = 0; i < into.length; i++) {
      if (!Double.isFinite(into[i])) {
        throw new QuantizationException("weight [row " + row + ", column " + i + "] is " + into[i]
            + "; only finite numbers can be quantized");
      }
    }
  }
}
