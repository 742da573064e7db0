package org.bitloom.runtime.api;

import java.util.Arrays;
import java.util.Optional;

/** The kernel families of binary-coded weights. They move the same bytes through the same pipeline; how they multiply differs. */
public enum SignFamily {
  /** Sign planes against activations as two digits of 8 bits, on integer Tensor Cores. */
  DIGIT_MMA("digit-mma", 4),
  /** Sign planes against the bits of activations, on binary Tensor Cores. */
  BIT_MMA("bit-mma", 1),
  /** Weights put together in the activations' type, on Tensor Cores of it. */
  SIGN_MMA("sign-mma", 8),
  /** Sums of activations from tables in shared memory, four signs a look-up. */
  LUT_GEMV("lut-gemv", 1);

  private final String title;
  private final int tileColumns;

  SignFamily(String title, int tileColumns) {
    this.title = title;
    this.tileColumns = tileColumns;
  }

  /** The family's name, as its schedules spell it. */
  public String title() {
    return title;
  }

  /** Batch columns of a batch tile: the 8 columns of an MMA, half of them where each has two digits; one for a table or 16 bits. */
  public int tileColumns() {
    return tileColumns;
  }

  /** A warp takes a multiple of so many tiles of 16 rows: look-ups of two tiles share an instruction. */
  int leastRowTiles() {
    return this == LUT_GEMV ? 2 : 1;
  }

  /** Bytes of shared memory that one batch column of one packing unit takes, before the sums of its groups. */
  public int columnBytes() {
    return this == LUT_GEMV ? 4096 : 512;
  }

  /** Whether activations travel with the weights, a packing unit at a time. */
  boolean streams() {
    return this == SIGN_MMA;
  }

  /** Bytes of the sums of one group and batch column. */
  public int sumBytes() {
    return this == LUT_GEMV || this == BIT_MMA ? 8 : 32;
  }

  static Optional<SignFamily> titled(String title) {
    return Arrays.stream(values()).filter(family -> family.title.equals(title)).findFirst();
  }
}
