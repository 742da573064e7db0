package org.bitloom.safetensors;

import java.lang.foreign.MemorySegment;
import java.util.List;

import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.WeightFormat;

/** An int8 format with an f16 scale a row, whose packed units hold their codes in natural order. */
final class ByteFormat {
  private static final int UNIT_K = 64;

  private ByteFormat() {
  }

  static WeightFormat of(String name, String declaration, String layout) {
    float[] values = new float[256];
    for (int code = 0; code < 256; code++) {
      values[code] = (byte) code;
    }
    FormatInfo info = new FormatInfo(name, declaration, 8, DecodeTable.of(values),
        List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row())));
    return new WeightFormat(info, new LayoutInfo(UNIT_K, layout), new Packer(), List.of());
  }

  static WeightFormat int8() {
    return of("int8", "format int8 { element int 8 scale f16 per row }", "natural");
  }

  private record Packer() implements CodePacker {
    @Override
    public void pack(MemorySegment codes, int n, int k, MemorySegment packed, int firstTile, int endTile) {
      for (int row = firstTile * LayoutInfo.TILE_ROWS; row < Math.min(n, endTile * LayoutInfo.TILE_ROWS); row++) {
        for (int from = 0; from < k; from += UNIT_K) {
          int length = Math.min(UNIT_K, k - from);
          MemorySegment.copy(codes, (long) row * k + from, packed, place(k, row, from), length);
        }
      }
    }

    @Override
    public void unpack(MemorySegment packed, int n, int k, MemorySegment codes, int firstTile, int endTile) {
      for (int row = firstTile * LayoutInfo.TILE_ROWS; row < Math.min(n, endTile * LayoutInfo.TILE_ROWS); row++) {
        for (int from = 0; from < k; from += UNIT_K) {
          int length = Math.min(UNIT_K, k - from);
          MemorySegment.copy(packed, place(k, row, from), codes, (long) row * k + from, length);
        }
      }
    }

    private static long place(int k, int row, int column) {
      long unit = (long) (row / LayoutInfo.TILE_ROWS) * Math.ceilDiv(k, UNIT_K) + column / UNIT_K;
      return (unit * LayoutInfo.TILE_ROWS + row % LayoutInfo.TILE_ROWS) * UNIT_K;
    }
  }
}
