package org.bitloom.safetensors;

import java.util.List;

/**
 * One tensor of a file.
 *
 * @param shape outermost dimension first; empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, long begin, long end) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Size in bytes. */
  public long bytes() {
    return end - begin;
  }

  /**
   * Bytes of a tensor.
   *
   * @throws ArithmeticException if they overflow 63 bits or are no whole number
   * @throws IllegalArgumentException if a dimension is negative
   */
  static long bytes(DType dtype, List<Long> shape) {
    long elements = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("dimension " + dimension + " is negative");
      }
      elements = Math.multiplyExact(elements, dimension);
    }
    long bits = Math.multiplyExact(elements, (long) dtype.bits());
    if (bits % 8 != 0) {
      throw new ArithmeticException(bits + " bits are no whole number of bytes");
    }
    return bits / 8;
  }
}
