package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.ActivationQuantizer;

/**
 * Where bit planes lie that Tensor Cores multiply: word i of a cell holds bit i of its codes. Bytes 0 and 2 of a word are row g,
 * bytes 1 and 3 row g + 8; 0 and 1 the even, 2 and 3 the odd columns; bit j of a byte is column 8j + 2 * (lane % 4), or the
 * next, of the cell. Bytes 0 and 2 of the words of two neighbouring cells, side by side, are then a register of the A fragment of
 * mma.m16n8k256 for row g, bytes 1 and 3 one for row g + 8: a byte permutation makes each. The order of features that this
 * gives within 128 of them, {@link #RUN}, is the activation quantizer's to follow; a population count does not see it.
 */
public final class PlaneLayout {
  /** A register holds, for S = 0..7, features 8S + 2t and 8S + 2t + 1 of each of two cells: runs of 8 that are 64 apart. */
  public static final int RUN = ActivationQuantizer.PLANES_RUN;
  /** Features along k of a packing unit, and bytes of one plane of it. */
  public static final int UNIT_K = 256;
  public static final int UNIT_BYTES = 16 * UNIT_K / 8;
  /** Bytes (PTX ISA, prmt) of two cells' words that make a register of row g, and one of row g + 8. */
  public static final int UPPER_ROW = 0x6240;
  public static final int LOWER_ROW = 0x7351;

  private static final List<Placement> PLACEMENTS = IntStream.rangeClosed(1, 8).mapToObj(PlaneLayout::make).toList();

  private PlaneLayout() {
  }

  /** The placement of codes of {@code bits} bits; always the same object. */
  static Placement placement(int bits) {
    return PLACEMENTS.get(bits - 1);
  }

  private static Placement make(int bits) {
    List<Integer> places = new ArrayList<>();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      for (int half = 0; half < 2; half++) {
        for (int bit = 0; bit < bits; bit++) {
          places.add(32 * bit + 16 * half + 8 * (pair % 2) + pair / 2);
        }
      }
    }
    return new Placement(bits, places);
  }
}
