package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the signs of one plane of binary-coded weights lie. A field is the sign bit of the number it stands for, 1 for -1, so
 * {@code (word << s & 0x80008000) | 0x3c003c00} is a pair of f16 numbers +-1 (0x3f803f80 of bf16), s being 0 to 15, for each of
 * the 16 pairs: one shift and one LOP3, as few as {@link PlacementSearch} finds. Its freedom, which pair has which shift, is
 * used for a second reader, which looks sums of activations up: each byte of a lane's word of a 16 x 64 cell is the key of 8
 * weights of one row.
 */
final class SignLayout {
  /** A plane's stored field is {@code code ^ FLIP}: the sign bit of +1 is 0. */
  static final int FLIP = 1;
  /** A register's two sign bits. */
  static final TargetPattern PATTERN = new TargetPattern(List.of(15, 31));

  private SignLayout() {
  }

  /**
   * Bytes 0 and 2 of the word hold row g, bytes 1 and 3 row g + 8; 0 and 1 the even, 2 and 3 the odd columns. Bit j of a byte is
   * column 8j + 2 * (lane % 4), or the next, of the cell.
   */
  static Placement placement() {
    List<Integer> places = new ArrayList<>();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      int even = 8 * (pair % 2) + pair / 2;
      places.add(even);
      places.add(even + 16);
    }
    return new Placement(1, places);
  }
}
