package org.bitloom.codegen.java;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

import org.bitloom.codegen.layout.BitMap;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.LayoutInfo;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

/**
 * Packs bit by bit, as the {@link BitMap} says: the same bytes as a generated packer, slower. It serves where there is no
 * Java compiler, and as the oracle of generated packers.
 */
public final class LayoutPacker implements CodePacker {
  private final String format;
  private final WeightLayout layout;
  private final CodeSet codeSet;
  private final int flip;

  /** A packer for {@code format}, whose layout is {@code layout}. */
  public LayoutPacker(FormatSpec format, WeightLayout layout) {
    this.format = format.name();
    this.layout = layout;
    this.codeSet = CodeSet.of(format.codec());
    this.flip = layout.codeFlip();
  }

  @Override
  public void pack(MemorySegment codes, int n, int k, MemorySegment packed, int firstTile, int endTile) {
    Objects.checkFromToIndex(firstTile, endTile, Math.ceilDiv(n, LayoutInfo.TILE_ROWS));
    BitMap map = new BitMap(layout, n, k);
    int units = Math.ceilDiv(k, layout.unitK());
    long tileBytes = (long) units * layout.unitBytes();
    long planeBytes = Math.ceilDiv(n, LayoutInfo.TILE_ROWS) * tileBytes;
    for (int plane = 0; plane < layout.planes(); plane++) {
      packed.asSlice(plane * planeBytes + firstTile * tileBytes, (endTile - firstTile) * tileBytes).fill((byte) 0);
    }
    for (int row = LayoutInfo.TILE_ROWS * firstTile; row < LayoutInfo.TILE_ROWS * endTile; row++) {
      for (int column = 0; column < units * layout.unitK(); column++) {
        int code = row < n && column < k ? checked(codes, row, column, k) : codeSet.pad();
        set(packed, map, row, column, code ^ flip);
      }
    }
  }

  private int checked(MemorySegment codes, int row, int column, int k) {
    int code = codes.get(JAVA_BYTE, (long) row * k + column) & 0xff;
    if (!codeSet.holds(code)) {
      throw new IllegalArgumentException(
          format + ": code " + code + " at row " + row + ", column " + column + " stands for no weight");
    }
    return code;
  }

  private void set(MemorySegment packed, BitMap map, int row, int column, int field) {
    for (int bit = 0; bit < layout.codeBits(); bit++) {
      if ((field >>> bit & 1) != 0) {
        long offset = map.apply(row, column, bit);
        packed.set(JAVA_BYTE, offset / 8, (byte) (packed.get(JAVA_BYTE, offset / 8) | 1 << offset % 8));
      }
    }
  }

  @Override
  public void unpack(MemorySegment packed, int n, int k, MemorySegment codes, int firstTile, int endTile) {
    Objects.checkFromToIndex(firstTile, endTile, Math.ceilDiv(n, LayoutInfo.TILE_ROWS));
    BitMap map = new BitMap(layout, n, k);
    for (int row = LayoutInfo.TILE_ROWS * firstTile; row < Math.min(n, LayoutInfo.TILE_ROWS * endTile); row++) {
      for (int column = 0; column < k; column++) {
        int field = 0;
        for (int bit = 0; bit < layout.codeBits(); bit++) {
          long offset = map.apply(row, column, bit);
          field |= (packed.get(JAVA_BYTE, offset / 8) >>> offset % 8 & 1) << bit;
        }
        codes.set(JAVA_BYTE, (long) row * k + column, (byte) (field ^ flip));
      }
    }
  }
}
