package org.bitloom.runtime.api;

/**
 * A code is {@code count} signs: bit i is 1 where plane i has +1, and 0 where it has -1. Every plane has a scale of its own,
 * so a code alone has no value (binary-coded quantization; LUT-GEMM, arXiv 2206.09557, section 3.1).
 *
 * @param count planes, 1 to 8
 */
public record SignPlanes(int count) implements ElementInfo {
  public SignPlanes {
    if (count < 1 || count > 8) {
      throw new IllegalArgumentException("binary-coded weights have 1..8 planes, not " + count);
    }
  }

  /** {@code what}, of which this many sign planes are used: {@code bcq4_g128 p=2}. */
  public String label(String what) {
    return what + " p=" + count;
  }

  /** The number, +1 or -1, that plane {@code plane} has in {@code code}. */
  public static int sign(int code, int plane) {
    return 2 * (code >>> plane & 1) - 1;
  }
}
