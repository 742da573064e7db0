package org.bitloom.codegen.layout;

import java.util.Arrays;

/**
 * The whole map of a packed matrix: which bit of the codes section holds which bit of which weight. The map of one unit is a
 * table that the constructor proves to be a bijection; units follow each other {@code [planes][ceil(n/16)][ceil(k/unitK)]}.
 */
public final class BitMap {
  private final WeightLayout layout;
  private final int units;
  private final long planeUnits;
  private final int[] offsets;
  private final int[] places;

  /**
   * @param n rows of the matrix
   * @param k columns of the matrix
   */
  public BitMap(WeightLayout layout, int n, int k) {
    this.layout = layout;
    this.units = Math.ceilDiv(k, layout.unitK());
    this.planeUnits = (long) Math.ceilDiv(n, FragmentA.ROWS) * units;
    this.offsets = new int[8 * layout.unitBytes()];
    this.places = new int[8 * layout.unitBytes()];
    Arrays.fill(places, -1);
    for (int row = 0; row < FragmentA.ROWS; row++) {
      for (int column = 0; column < layout.unitK(); column++) {
        for (int bit = 0; bit < layout.bits(); bit++) {
          set((row * layout.unitK() + column) * layout.bits() + bit, unitOffset(row, column, bit));
        }
      }
    }
  }

  private void set(int place, int offset) {
    if (places[offset] != -1) {
      throw new IllegalArgumentException(
          "bits " + places[offset] + " and " + place + " of a unit share offset " + offset);
    }
    offsets[place] = offset;
    places[offset] = place;
  }

  private int unitOffset(int row, int column, int bit) {
    int inCell = column % FragmentA.COLUMNS;
    int place = layout.placement().place(FragmentA.pair(row, inCell), column % 2, bit);
    int word = column / FragmentA.COLUMNS * layout.bits() + place / 32;
    return 8 * layout.wordByte(FragmentA.lane(row, inCell), word) + place % 32;
  }

  /** One bit of one weight's code; row and column may lie in the padding. */
  public record Place(int row, int column, int bit) {
  }

  /** The bit of the codes section, counted from bit 0 of byte 0, that holds bit {@code bit} of weight [row][column]. */
  public long apply(int row, int column, int bit) {
    long unit = bit / layout.bits() * planeUnits + (long) (row / FragmentA.ROWS) * units + column / layout.unitK();
    int weight = row % FragmentA.ROWS * layout.unitK() + column % layout.unitK();
    return unit * offsets.length + offsets[weight * layout.bits() + bit % layout.bits()];
  }

  /** What the bit of the codes section at {@code offset} holds. */
  public Place inverse(long offset) {
    long unit = offset / places.length;
    int plane = (int) (unit / planeUnits);
    long inPlane = unit % planeUnits;
    int place = places[(int) (offset % places.length)];
    int weight = place / layout.bits();
    return new Place((int) (inPlane / units) * FragmentA.ROWS + weight / layout.unitK(),
        (int) (inPlane % units) * layout.unitK() + weight % layout.unitK(),
        plane * layout.bits() + place % layout.bits());
  }
}
