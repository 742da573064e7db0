package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the signs of one plane of binary-coded weights lie; a field is 1 for +1. Its freedom, which pair of columns of a lane's
 * word lies where, serves two readers at once. In byte {@code h + 2e} of a word of a 16 x 64 cell, bits 0 to 3 are row g and
 * bits 4 to 7 row g + 8 of fragment f = 0 to 3, column {@code 16f + 2 * (lane % 4) + 8h + e}. So
 * {@code word << (3 - f) & 0x08080808} has the four columns of fragment f and row g as bytes, which is how operand A of an 8-bit
 * MMA takes them, and 0x80808080 in place of the mask gives row g + 8; and each half byte is the key of a table of sums.
 */
final class SignLayout {
  /** A plane's stored field is {@code code ^ FLIP}. */
  static final int FLIP = 0;

  private SignLayout() {
  }

  /** Pair 4f + r, r as registers of an A fragment count: bit 0 for row g + 8, bit 1 for the upper half of its columns. */
  static Placement placement() {
    List<Integer> places = new ArrayList<>();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      int even = 8 * (pair >> 1 & 1) + 4 * (pair & 1) + pair / 4;
      places.add(even);
      places.add(even + 16);
    }
    return new Placement(1, places);
  }
}
