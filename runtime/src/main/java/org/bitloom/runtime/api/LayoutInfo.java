package org.bitloom.runtime.api;

/**
 * The shape of packed codes: {@code [ceil(n/16)][ceil(k/unitK)][words of a 16 x unitK unit]}, once or, of binary-coded
 * weights, for each plane. Where a bit lies inside a unit is known to the generated packer and kernel only.
 *
 * @param unitK input features of one packing unit, a multiple of 64
 * @param id names the bit placement; packed files with another id cannot be read by this packer
 * @param rowSums whether the sum of the codes of every row is stored with them
 */
public record LayoutInfo(int unitK, String id, RowSums rowSums) {
  /** Output features of one fragment tile (PTX ISA, mma.m16n8k16: rows of A). */
  public static final int TILE_ROWS = 16;

  /** Whether the packed weights hold the s32 sum of each row's codes, a rank-1 term of products of unsigned planes. */
  public enum RowSums {
    NONE, STORED
  }

  /** A layout without sums. */
  public LayoutInfo(int unitK, String id) {
    this(unitK, id, RowSums.NONE);
  }
}
