package org.bitloom.codegen.layout;

import java.util.Arrays;

/**
 * The whole map of a packed matrix: which bit of the codes section holds which bit of which weight. The map of one unit, in each
 * of the planes that differ, is a table that the constructor proves to be a bijection; units follow each other {@code [planes][ceil(n/16)][ceil(k/unitK)]}.
 */
public final class BitMap {
  private final WeightLayout layout;
  private final int units;
  private final long planeUnits;
  private final int[][] offsets;
  private final int[][] places;

  /**
   * @param n rows of the matrix
   * @param k columns of the matrix
   */
  public BitMap(WeightLayout layout, int n, int k) {
    this.layout = layout;
    this.units = Math.ceilDiv(k, layout.unitK());
    this.planeUnits = (long) Math.ceilDiv(n, FragmentA.ROWS) * units;
    this.offsets = new int[layout.unlikePlanes()][8 * layout.unitBytes()];
    this.places = new int[layout.unlikePlanes()][8 * layout.unitBytes()];
    for (int plane = 0; plane < layout.unlikePlanes(); plane++) {
      fill(plane);
    }
  }

  private void fill(int plane) {
    Arrays.fill(places[plane], -1);
    for (int row = 0; row < FragmentA.ROWS; row++) {
      for (int column = 0; column < layout.unitK(); column++) {
        for (int bit = 0; bit < layout.bits(); bit++) {
          set(plane, (row * layout.unitK() + column) * layout.bits() + bit, unitOffset(plane, row, column, bit));
        }
      }
    }
  }

  private void set(int plane, int place, int offset) {
    if (places[plane][offset] != -1) {
      throw new IllegalArgumentException(
          "bits " + places[plane][offset] + " and " + place + " of a unit share offset " + offset);
    }
    offsets[plane][place] = offset;
    places[plane][offset] = place;
  }

  private int unitOffset(int plane, int row, int column, int bit) {
    int inCell = column % FragmentA.COLUMNS;
    int place = layout.placement().place(FragmentA.pair(row, inCell), column % 2, bit);
    int laneBit = layout.laneBit(plane, column / FragmentA.COLUMNS, place);
    return 8 * layout.wordByte(FragmentA.lane(row, inCell), laneBit / 32) + laneBit % 32;
  }

  /** One bit of one weight's code; row and column may lie in the padding. */
  public record Place(int row, int column, int bit) {
  }

  /** The bit of the codes section, counted from bit 0 of byte 0, that holds bit {@code bit} of weight [row][column]. */
  public long apply(int row, int column, int bit) {
    int plane = bit / layout.bits();
    long unit = plane * planeUnits + (long) (row / FragmentA.ROWS) * units + column / layout.unitK();
    int weight = row % FragmentA.ROWS * layout.unitK() + column % layout.unitK();
    int[] unitOffsets = offsets[plane % offsets.length];
    return unit * unitOffsets.length + unitOffsets[weight * layout.bits() + bit % layout.bits()];
  }

  /** What the bit of the codes section at {@code offset} holds. */
  public Place inverse(long offset) {
    long unit = offset / (8L * layout.unitBytes());
    int plane = (int) (unit / planeUnits);
    long inPlane = unit % planeUnits;
    int place = places[plane % places.length][(int) (offset % (8L * layout.unitBytes()))];
    int weight = place / layout.bits();
    return new Place((int) (inPlane / units) * FragmentA.ROWS + weight / layout.unitK(),
        (int) (inPlane % units) * layout.unitK() + weight % layout.unitK(),
        plane * layout.bits() + place % layout.bits());
  }
}
