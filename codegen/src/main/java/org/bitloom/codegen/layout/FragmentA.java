package org.bitloom.codegen.layout;

/**
 * Which weights of a 16 x 64 cell a lane holds: four A fragments of mma.m16n8k16, side by side along k, each of four
 * registers of two 16-bit elements (PTX ISA, "Matrix Fragments for mma.m16n8k16 with floating point type").
 */
final class FragmentA {
  static final int ROWS = 16;
  static final int COLUMNS = 64;
  static final int LANES = 32;

  private FragmentA() {
  }

  /** Row of the cell; pair = 4 * fragment + register. */
  static int row(int lane, int pair) {
    return lane / 4 + 8 * (pair & 1);
  }

  /** Column of the cell. */
  static int column(int lane, int pair, int half) {
    return 16 * (pair / 4) + 2 * (lane % 4) + 8 * (pair >> 1 & 1) + half;
  }

  /** The lane that holds an element of the cell. */
  static int lane(int row, int column) {
    return 4 * (row % 8) + column % 8 / 2;
  }

  /** The pair that an element of the cell belongs to; its half is {@code column % 2}. */
  static int pair(int row, int column) {
    return 4 * (column / 16) + 2 * (column / 8 % 2) + row / 8;
  }
}
