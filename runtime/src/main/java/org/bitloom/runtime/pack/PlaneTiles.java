package org.bitloom.runtime.pack;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.numeric.NaturalPlane;

/**
 * Moves one parameter plane between natural order and {@code [ceil(n/16)][groups][8][2]}: the pair of rows g and g + 8 of a
 * tile side by side, 4-bit integers two to a byte with row g in the low half. Rows that pad the last tile hold zeros.
 */
record PlaneTiles(NaturalPlane natural, int n, MemorySegment packed) {
  private static final int PAIRS = LayoutInfo.TILE_ROWS / 2;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  void pack(int firstTile, int endTile) {
    if (natural.plane().grouping() instanceof Grouping.Tensor) {
      if (firstTile == 0) {
        put(0, natural.raw(0, 0));
      }
      return;
    }
    for (int tile = firstTile; tile < endTile; tile++) {
      for (int group = 0; group < natural.groups(); group++) {
        for (int pair = 0; pair < PAIRS; pair++) {
          int row = tile * LayoutInfo.TILE_ROWS + pair;
          putPair(pairIndex(tile, group, pair), rawOrZero(row, group), rawOrZero(row + PAIRS, group));
        }
      }
    }
  }

  void unpack(int firstTile, int endTile) {
    if (natural.plane().grouping() instanceof Grouping.Tensor) {
      if (firstTile == 0) {
        natural.setRaw(0, 0, get(0));
      }
      return;
    }
    for (int tile = firstTile; tile < endTile; tile++) {
      for (int group = 0; group < natural.groups(); group++) {
        for (int pair = 0; pair < PAIRS; pair++) {
          int row = tile * LayoutInfo.TILE_ROWS + pair;
          long index = pairIndex(tile, group, pair);
          setIfInside(row, group, low(index));
          setIfInside(row + PAIRS, group, high(index));
        }
      }
    }
  }

  private long pairIndex(int tile, int group, int pair) {
    return ((long) tile * natural.groups() + group) * PAIRS + pair;
  }

  private int rawOrZero(int row, int group) {
    return row < n ? natural.raw(row, group) : 0;
  }

  private void setIfInside(int row, int group, int raw) {
    if (row < n) {
      natural.setRaw(row, group, raw);
    }
  }

  private void putPair(long pair, int low, int high) {
    if (storedBits() == 4) {
      packed.set(ValueLayout.JAVA_BYTE, pair, (byte) ((low & 15) | (high & 15) << 4));
    } else {
      put(2 * pair, low);
      put(2 * pair + 1, high);
    }
  }

  private int low(long pair) {
    return storedBits() == 4 ? packed.get(ValueLayout.JAVA_BYTE, pair) & 15 : get(2 * pair);
  }

  private int high(long pair) {
    return storedBits() == 4 ? packed.get(ValueLayout.JAVA_BYTE, pair) >> 4 & 15 : get(2 * pair + 1);
  }

  private void put(long index, int raw) {
    switch (storedBits()) {
      case 4, 8 -> packed.set(ValueLayout.JAVA_BYTE, index, (byte) raw);
      case 16 -> packed.set(SHORT, 2 * index, (short) raw);
      default -> packed.set(INT, 4 * index, raw);
    }
  }

  private int get(long index) {
    return switch (storedBits()) {
      case 4, 8 -> packed.get(ValueLayout.JAVA_BYTE, index) & 0xff;
      case 16 -> packed.get(SHORT, 2 * index) & 0xffff;
      default -> packed.get(INT, 4 * index);
    };
  }

  private int storedBits() {
    return natural.plane().type().storedBits();
  }
}
