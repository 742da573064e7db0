package org.bitloom.runtime.pack;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.QuantizedWeights;

/**
 * Writes the s32 sums of the codes of rows, {@code [ceil(n/16)][8][2]}: rows g and g + 8 of a tile side by side. Rows that pad
 * the last tile have sum 0.
 */
record RowSums(QuantizedWeights weights, MemorySegment packed) {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int PAIRS = LayoutInfo.TILE_ROWS / 2;

  void pack(int firstTile, int endTile) {
    for (int row = firstTile * LayoutInfo.TILE_ROWS; row < endTile * LayoutInfo.TILE_ROWS; row++) {
      int inTile = row % LayoutInfo.TILE_ROWS;
      int index = row - inTile + inTile % PAIRS * 2 + inTile / PAIRS;
      packed.setAtIndex(INT, index, row < weights.n() ? sum(row) : 0);
    }
  }

  private int sum(int row) {
    long base = (long) row * weights.k();
    int sum = 0;
    for (int i = 0; i < weights.k(); i++) {
      sum += weights.codes().get(ValueLayout.JAVA_BYTE, base + i) & 0xff;
    }
    return sum;
  }
}
