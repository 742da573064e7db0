package org.bitloom.generated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bitloom.runtime.api.CodePacker;

/**
 * Packs and unpacks the codes of {@code uint4_g128}. Generated from
 * <pre>
 * format uint4_g128 {
 *   element uint 4
 *   scale f16 per 128
 *   zero uint 4 per 128
 * }
 * </pre>
 * Where each bit lies:
 * <pre>
 * unit 16 x 64: 1 cell(s) of 16 x 64, 4 words a lane, 512 bytes; field = code ^ 0
 * pair p = register p % 4 of fragment p &#47; 4; a: even k, b: odd k; bit 0 is the lowest
 * w0[31..16]   3b3  3b2  3b1  3b0  2b3  2b2  2b1  2b0  1b3  1b2  1b1  1b0  0b3  0b2  0b1  0b0
 * w0[15.. 0]   3a3  3a2  3a1  3a0  2a3  2a2  2a1  2a0  1a3  1a2  1a1  1a0  0a3  0a2  0a1  0a0
 * w1[31..16]   7b3  7b2  7b1  7b0  6b3  6b2  6b1  6b0  5b3  5b2  5b1  5b0  4b3  4b2  4b1  4b0
 * w1[15.. 0]   7a3  7a2  7a1  7a0  6a3  6a2  6a1  6a0  5a3  5a2  5a1  5a0  4a3  4a2  4a1  4a0
 * w2[31..16]  11b3 11b2 11b1 11b0 10b3 10b2 10b1 10b0  9b3  9b2  9b1  9b0  8b3  8b2  8b1  8b0
 * w2[15.. 0]  11a3 11a2 11a1 11a0 10a3 10a2 10a1 10a0  9a3  9a2  9a1  9a0  8a3  8a2  8a1  8a0
 * w3[31..16]  15b3 15b2 15b1 15b0 14b3 14b2 14b1 14b0 13b3 13b2 13b1 13b0 12b3 12b2 12b1 12b0
 * w3[15.. 0]  15a3 15a2 15a1 15a0 14a3 14a2 14a1 14a0 13a3 13a2 13a1 13a0 12a3 12a2 12a1 12a0
 * </pre>
 */
public final class Uint4G128Packer implements CodePacker {
  private static final ValueLayout.OfLong CODES = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ROWS = 16;

  private static final int CELL_K = 64;

  private static final int UNIT_K = 64;

  private static final int UNIT_BYTES = 512;

  private static final int LANE_WORDS = 4;

  private static final int CELL_WORDS = 4;

  private static final byte PAD = (byte) 0;

  @Override
  public void pack(MemorySegment codes, int n, int k, MemorySegment packed, int firstTile,
      int endTile) {
    Objects.checkFromToIndex(firstTile, endTile, Math.ceilDiv(n, ROWS));
    int units = Math.ceilDiv(k, UNIT_K);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment edge = arena.allocate((long) ROWS * UNIT_K, 8);
      for (int tile = firstTile; tile < endTile; tile++) {
        for (int unit = 0; unit < units; unit++) {
          int row = ROWS * tile;
          int column = UNIT_K * unit;
          long at = ((long) tile * units + unit) * UNIT_BYTES;
          boolean whole = row + ROWS <= n && column + UNIT_K <= k;
          long bad;
          if (whole) {
            bad = packUnit(codes, (long) row * k + column, k, packed, at);
          } else {
            copyIn(codes, n, k, row, column, edge);
            bad = packUnit(edge, 0, UNIT_K, packed, at);
          }
          if (bad != 0) {
            throw refusal(codes, n, k, row, column);
          }
        }
      }
    }
  }

  @Override
  public void unpack(MemorySegment packed, int n, int k, MemorySegment codes, int firstTile,
      int endTile) {
    Objects.checkFromToIndex(firstTile, endTile, Math.ceilDiv(n, ROWS));
    int units = Math.ceilDiv(k, UNIT_K);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment edge = arena.allocate((long) ROWS * UNIT_K, 8);
      for (int tile = firstTile; tile < endTile; tile++) {
        for (int unit = 0; unit < units; unit++) {
          int row = ROWS * tile;
          int column = UNIT_K * unit;
          long at = ((long) tile * units + unit) * UNIT_BYTES;
          boolean whole = row + ROWS <= n && column + UNIT_K <= k;
          if (whole) {
            unpackUnit(codes, (long) row * k + column, k, packed, at);
          } else {
            unpackUnit(edge, 0, UNIT_K, packed, at);
            copyOut(edge, n, k, row, column, codes);
          }
        }
      }
    }
  }

  /**
   * Packs one unit. Returns 0 unless a code is bad.
   * Rows g and g + 8 of a cell belong to lanes 4g to 4g + 3, 16 bytes apart.
   */
  private static long packUnit(MemorySegment codes, long start, long stride, MemorySegment packed,
      long at) {
    long bad = 0;
    for (int word = 0; word < LANE_WORDS; word += CELL_WORDS) {
      long cell = start + (long) CELL_K * (word / CELL_WORDS);
      for (int g = 0; g < 8; g++) {
        bad |= packRows(codes, cell + g * stride, cell + (g + 8) * stride, packed, at + 64L * g, word);
      }
    }
    return bad;
  }

  /**
   * Unpacks one unit.
   * Rows g and g + 8 of a cell belong to lanes 4g to 4g + 3, 16 bytes apart.
   */
  private static void unpackUnit(MemorySegment codes, long start, long stride, MemorySegment packed,
      long at) {
    for (int word = 0; word < LANE_WORDS; word += CELL_WORDS) {
      long cell = start + (long) CELL_K * (word / CELL_WORDS);
      for (int g = 0; g < 8; g++) {
        unpackRows(codes, cell + g * stride, cell + (g + 8) * stride, packed, at + 64L * g, word);
      }
    }
  }

  /**
   * Packs rows upper and lower of a cell. Returns 0 unless a code is bad.
   */
  private static long packRows(MemorySegment codes, long upper, long lower, MemorySegment packed,
      long lanes, int word) {
    // word 0 of the cell
    long pair0 = codes.get(CODES, upper);
    long bits0 = Long.compress(pair0, 0x0f0f0f0f0f0f0f0fL);
    long pair1 = codes.get(CODES, lower);
    long bits1 = Long.compress(pair1, 0x0f0f0f0f0f0f0f0fL);
    long pair2 = codes.get(CODES, upper + 8);
    long bits2 = Long.compress(pair2, 0x0f0f0f0f0f0f0f0fL);
    long pair3 = codes.get(CODES, lower + 8);
    long bits3 = Long.compress(pair3, 0x0f0f0f0f0f0f0f0fL);
    store(packed, lanes, word,
            Long.expand(bits0, 0x000f000f000f000fL)
                | Long.expand(bits1, 0x00f000f000f000f0L)
                | Long.expand(bits2, 0x0f000f000f000f00L)
                | Long.expand(bits3, 0xf000f000f000f000L),
            Long.expand(bits0 >>> 16, 0x000f000f000f000fL)
                | Long.expand(bits1 >>> 16, 0x00f000f000f000f0L)
                | Long.expand(bits2 >>> 16, 0x0f000f000f000f00L)
                | Long.expand(bits3 >>> 16, 0xf000f000f000f000L));
    // word 1 of the cell
    long pair4 = codes.get(CODES, upper + 16);
    long bits4 = Long.compress(pair4, 0x0f0f0f0f0f0f0f0fL);
    long pair5 = codes.get(CODES, lower + 16);
    long bits5 = Long.compress(pair5, 0x0f0f0f0f0f0f0f0fL);
    long pair6 = codes.get(CODES, upper + 24);
    long bits6 = Long.compress(pair6, 0x0f0f0f0f0f0f0f0fL);
    long pair7 = codes.get(CODES, lower + 24);
    long bits7 = Long.compress(pair7, 0x0f0f0f0f0f0f0f0fL);
    store(packed, lanes, word + 1,
            Long.expand(bits4, 0x000f000f000f000fL)
                | Long.expand(bits5, 0x00f000f000f000f0L)
                | Long.expand(bits6, 0x0f000f000f000f00L)
                | Long.expand(bits7, 0xf000f000f000f000L),
            Long.expand(bits4 >>> 16, 0x000f000f000f000fL)
                | Long.expand(bits5 >>> 16, 0x00f000f000f000f0L)
                | Long.expand(bits6 >>> 16, 0x0f000f000f000f00L)
                | Long.expand(bits7 >>> 16, 0xf000f000f000f000L));
    // word 2 of the cell
    long pair8 = codes.get(CODES, upper + 32);
    long bits8 = Long.compress(pair8, 0x0f0f0f0f0f0f0f0fL);
    long pair9 = codes.get(CODES, lower + 32);
    long bits9 = Long.compress(pair9, 0x0f0f0f0f0f0f0f0fL);
    long pair10 = codes.get(CODES, upper + 40);
    long bits10 = Long.compress(pair10, 0x0f0f0f0f0f0f0f0fL);
    long pair11 = codes.get(CODES, lower + 40);
    long bits11 = Long.compress(pair11, 0x0f0f0f0f0f0f0f0fL);
    store(packed, lanes, word + 2,
            Long.expand(bits8, 0x000f000f000f000fL)
                | Long.expand(bits9, 0x00f000f000f000f0L)
                | Long.expand(bits10, 0x0f000f000f000f00L)
                | Long.expand(bits11, 0xf000f000f000f000L),
            Long.expand(bits8 >>> 16, 0x000f000f000f000fL)
                | Long.expand(bits9 >>> 16, 0x00f000f000f000f0L)
                | Long.expand(bits10 >>> 16, 0x0f000f000f000f00L)
                | Long.expand(bits11 >>> 16, 0xf000f000f000f000L));
    // word 3 of the cell
    long pair12 = codes.get(CODES, upper + 48);
    long bits12 = Long.compress(pair12, 0x0f0f0f0f0f0f0f0fL);
    long pair13 = codes.get(CODES, lower + 48);
    long bits13 = Long.compress(pair13, 0x0f0f0f0f0f0f0f0fL);
    long pair14 = codes.get(CODES, upper + 56);
    long bits14 = Long.compress(pair14, 0x0f0f0f0f0f0f0f0fL);
    long pair15 = codes.get(CODES, lower + 56);
    long bits15 = Long.compress(pair15, 0x0f0f0f0f0f0f0f0fL);
    store(packed, lanes, word + 3,
            Long.expand(bits12, 0x000f000f000f000fL)
                | Long.expand(bits13, 0x00f000f000f000f0L)
                | Long.expand(bits14, 0x0f000f000f000f00L)
                | Long.expand(bits15, 0xf000f000f000f000L),
            Long.expand(bits12 >>> 16, 0x000f000f000f000fL)
                | Long.expand(bits13 >>> 16, 0x00f000f000f000f0L)
                | Long.expand(bits14 >>> 16, 0x0f000f000f000f00L)
                | Long.expand(bits15 >>> 16, 0xf000f000f000f000L));
    long seen = pair0 | pair1 | pair2 | pair3 | pair4 | pair5 | pair6 | pair7
            | pair8 | pair9 | pair10 | pair11 | pair12 | pair13 | pair14 | pair15;
    return seen & 0xf0f0f0f0f0f0f0f0L;
  }

  /**
   * Unpacks rows upper and lower of a cell.
   */
  private static void unpackRows(MemorySegment codes, long upper, long lower, MemorySegment packed,
      long lanes, int word) {
    long low0 = load(packed, lanes, word);
    long high0 = load(packed, lanes + 32, word);
    long low1 = load(packed, lanes, word + 1);
    long high1 = load(packed, lanes + 32, word + 1);
    long low2 = load(packed, lanes, word + 2);
    long high2 = load(packed, lanes + 32, word + 2);
    long low3 = load(packed, lanes, word + 3);
    long high3 = load(packed, lanes + 32, word + 3);
    long pair0 = Long.expand(Long.compress(low0, 0x000f000f000f000fL) | Long.compress(high0, 0x000f000f000f000fL) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper, pair0);
    long pair1 = Long.expand(Long.compress(low0, 0x00f000f000f000f0L) | Long.compress(high0, 0x00f000f000f000f0L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower, pair1);
    long pair2 = Long.expand(Long.compress(low0, 0x0f000f000f000f00L) | Long.compress(high0, 0x0f000f000f000f00L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper + 8, pair2);
    long pair3 = Long.expand(Long.compress(low0, 0xf000f000f000f000L) | Long.compress(high0, 0xf000f000f000f000L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower + 8, pair3);
    long pair4 = Long.expand(Long.compress(low1, 0x000f000f000f000fL) | Long.compress(high1, 0x000f000f000f000fL) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper + 16, pair4);
    long pair5 = Long.expand(Long.compress(low1, 0x00f000f000f000f0L) | Long.compress(high1, 0x00f000f000f000f0L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower + 16, pair5);
    long pair6 = Long.expand(Long.compress(low1, 0x0f000f000f000f00L) | Long.compress(high1, 0x0f000f000f000f00L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper + 24, pair6);
    long pair7 = Long.expand(Long.compress(low1, 0xf000f000f000f000L) | Long.compress(high1, 0xf000f000f000f000L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower + 24, pair7);
    long pair8 = Long.expand(Long.compress(low2, 0x000f000f000f000fL) | Long.compress(high2, 0x000f000f000f000fL) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper + 32, pair8);
    long pair9 = Long.expand(Long.compress(low2, 0x00f000f000f000f0L) | Long.compress(high2, 0x00f000f000f000f0L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower + 32, pair9);
    long pair10 = Long.expand(Long.compress(low2, 0x0f000f000f000f00L) | Long.compress(high2, 0x0f000f000f000f00L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper + 40, pair10);
    long pair11 = Long.expand(Long.compress(low2, 0xf000f000f000f000L) | Long.compress(high2, 0xf000f000f000f000L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower + 40, pair11);
    long pair12 = Long.expand(Long.compress(low3, 0x000f000f000f000fL) | Long.compress(high3, 0x000f000f000f000fL) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper + 48, pair12);
    long pair13 = Long.expand(Long.compress(low3, 0x00f000f000f000f0L) | Long.compress(high3, 0x00f000f000f000f0L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower + 48, pair13);
    long pair14 = Long.expand(Long.compress(low3, 0x0f000f000f000f00L) | Long.compress(high3, 0x0f000f000f000f00L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, upper + 56, pair14);
    long pair15 = Long.expand(Long.compress(low3, 0xf000f000f000f000L) | Long.compress(high3, 0xf000f000f000f000L) << 16, 0x0f0f0f0f0f0f0f0fL);
    codes.set(CODES, lower + 56, pair15);
  }

  /**
   * Word {@code word} of lanes 0, 1 and of lanes 2, 3.
   */
  private static void store(MemorySegment packed, long lanes, int word, long low, long high) {
    long at = lanes + (word >> 2) * 512L + (word & 3) * 4L;
    packed.set(WORD, at, (int) low);
    packed.set(WORD, at + 16, (int) (low >>> 32));
    packed.set(WORD, at + 32, (int) high);
    packed.set(WORD, at + 48, (int) (high >>> 32));
  }

  /**
   * Word {@code word} of two lanes.
   */
  private static long load(MemorySegment packed, long lanes, int word) {
    long at = lanes + (word >> 2) * 512L + (word & 3) * 4L;
    return (packed.get(WORD, at) & 0xffff_ffffL) | (long) packed.get(WORD, at + 16) << 32;
  }

  private static void copyIn(MemorySegment codes, int n, int k, int row, int column,
      MemorySegment edge) {
    edge.fill(PAD);
    for (int r = row; r < Math.min(row + ROWS, n); r++) {
      MemorySegment.copy(codes, (long) r * k + column, edge, (long) (r - row) * UNIT_K, Math.min(UNIT_K, k - column));
    }
  }

  private static void copyOut(MemorySegment edge, int n, int k, int row, int column,
      MemorySegment codes) {
    for (int r = row; r < Math.min(row + ROWS, n); r++) {
      MemorySegment.copy(edge, (long) (r - row) * UNIT_K, codes, (long) r * k + column, Math.min(UNIT_K, k - column));
    }
  }

  private static IllegalArgumentException refusal(MemorySegment codes, int n, int k, int row,
      int column) {
    for (int r = row; r < Math.min(row + ROWS, n); r++) {
      for (int c = column; c < Math.min(column + UNIT_K, k); c++) {
        int code = codes.get(ValueLayout.JAVA_BYTE, (long) r * k + c) & 0xff;
        if (!isCode(code)) {
          return new IllegalArgumentException("uint4_g128: code " + code + " at row " + r + ", column " + c + " stands for no weight");
        }
      }
    }
    throw new IllegalStateException("the codes changed while they were packed");
  }

  private static boolean isCode(int code) {
    return code < 16;
  }
}
