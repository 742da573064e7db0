package org.bitloom.generated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bitloom.runtime.api.CodePacker;

/**
 * Packs and unpacks the codes of {@code fp8_e4m3}. Generated from
 * <pre>
 * format fp8_e4m3 {
 *   element float e4m3 fn
 *   scale f16 per row
 * }
 * </pre>
 * Where each bit lies:
 * <pre>
 * unit 16 x 64: 1 cell(s) of 16 x 64, 8 words a lane, 1024 bytes; field = code ^ 0
 * pair p = register p % 4 of fragment p &#47; 4; a: even k, b: odd k; bit 0 is the lowest
 * w0[31..16]   0b7  1b7  0b6  0b5  0b4  0b3  0b2  0b1  0b0  1b6  1b5  1b4  1b3  1b2  1b1  1b0
 * w0[15.. 0]   0a7  1a7  0a6  0a5  0a4  0a3  0a2  0a1  0a0  1a6  1a5  1a4  1a3  1a2  1a1  1a0
 * w1[31..16]   2b7  3b7  2b6  2b5  2b4  2b3  2b2  2b1  2b0  3b6  3b5  3b4  3b3  3b2  3b1  3b0
 * w1[15.. 0]   2a7  3a7  2a6  2a5  2a4  2a3  2a2  2a1  2a0  3a6  3a5  3a4  3a3  3a2  3a1  3a0
 * w2[31..16]   4b7  5b7  4b6  4b5  4b4  4b3  4b2  4b1  4b0  5b6  5b5  5b4  5b3  5b2  5b1  5b0
 * w2[15.. 0]   4a7  5a7  4a6  4a5  4a4  4a3  4a2  4a1  4a0  5a6  5a5  5a4  5a3  5a2  5a1  5a0
 * w3[31..16]   6b7  7b7  6b6  6b5  6b4  6b3  6b2  6b1  6b0  7b6  7b5  7b4  7b3  7b2  7b1  7b0
 * w3[15.. 0]   6a7  7a7  6a6  6a5  6a4  6a3  6a2  6a1  6a0  7a6  7a5  7a4  7a3  7a2  7a1  7a0
 * w4[31..16]   8b7  9b7  8b6  8b5  8b4  8b3  8b2  8b1  8b0  9b6  9b5  9b4  9b3  9b2  9b1  9b0
 * w4[15.. 0]   8a7  9a7  8a6  8a5  8a4  8a3  8a2  8a1  8a0  9a6  9a5  9a4  9a3  9a2  9a1  9a0
 * w5[31..16]  10b7 11b7 10b6 10b5 10b4 10b3 10b2 10b1 10b0 11b6 11b5 11b4 11b3 11b2 11b1 11b0
 * w5[15.. 0]  10a7 11a7 10a6 10a5 10a4 10a3 10a2 10a1 10a0 11a6 11a5 11a4 11a3 11a2 11a1 11a0
 * w6[31..16]  12b7 13b7 12b6 12b5 12b4 12b3 12b2 12b1 12b0 13b6 13b5 13b4 13b3 13b2 13b1 13b0
 * w6[15.. 0]  12a7 13a7 12a6 12a5 12a4 12a3 12a2 12a1 12a0 13a6 13a5 13a4 13a3 13a2 13a1 13a0
 * w7[31..16]  14b7 15b7 14b6 14b5 14b4 14b3 14b2 14b1 14b0 15b6 15b5 15b4 15b3 15b2 15b1 15b0
 * w7[15.. 0]  14a7 15a7 14a6 14a5 14a4 14a3 14a2 14a1 14a0 15a6 15a5 15a4 15a3 15a2 15a1 15a0
 * </pre>
 */
public final class Fp8E4m3Packer implements CodePacker {
  private static final ValueLayout.OfLong CODES = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ROWS = 16;

  private static final int CELL_K = 64;

  private static final int UNIT_K = 64;

  private static final int UNIT_BYTES = 1024;

  private static final int LANE_WORDS = 8;

  private static final int CELL_WORDS = 8;

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
    long bits0 = pair0;
    long pair1 = codes.get(CODES, lower);
    long bits1 = pair1;
    store(packed, lanes, word,
            Long.expand(bits0, 0xbf80bf80bf80bf80L)
                | Long.expand(bits1, 0x407f407f407f407fL),
            Long.expand(bits0 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits1 >>> 32, 0x407f407f407f407fL));
    // word 1 of the cell
    long pair2 = codes.get(CODES, upper + 8);
    long bits2 = pair2;
    long pair3 = codes.get(CODES, lower + 8);
    long bits3 = pair3;
    store(packed, lanes, word + 1,
            Long.expand(bits2, 0xbf80bf80bf80bf80L)
                | Long.expand(bits3, 0x407f407f407f407fL),
            Long.expand(bits2 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits3 >>> 32, 0x407f407f407f407fL));
    // word 2 of the cell
    long pair4 = codes.get(CODES, upper + 16);
    long bits4 = pair4;
    long pair5 = codes.get(CODES, lower + 16);
    long bits5 = pair5;
    store(packed, lanes, word + 2,
            Long.expand(bits4, 0xbf80bf80bf80bf80L)
                | Long.expand(bits5, 0x407f407f407f407fL),
            Long.expand(bits4 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits5 >>> 32, 0x407f407f407f407fL));
    // word 3 of the cell
    long pair6 = codes.get(CODES, upper + 24);
    long bits6 = pair6;
    long pair7 = codes.get(CODES, lower + 24);
    long bits7 = pair7;
    store(packed, lanes, word + 3,
            Long.expand(bits6, 0xbf80bf80bf80bf80L)
                | Long.expand(bits7, 0x407f407f407f407fL),
            Long.expand(bits6 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits7 >>> 32, 0x407f407f407f407fL));
    // word 4 of the cell
    long pair8 = codes.get(CODES, upper + 32);
    long bits8 = pair8;
    long pair9 = codes.get(CODES, lower + 32);
    long bits9 = pair9;
    store(packed, lanes, word + 4,
            Long.expand(bits8, 0xbf80bf80bf80bf80L)
                | Long.expand(bits9, 0x407f407f407f407fL),
            Long.expand(bits8 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits9 >>> 32, 0x407f407f407f407fL));
    // word 5 of the cell
    long pair10 = codes.get(CODES, upper + 40);
    long bits10 = pair10;
    long pair11 = codes.get(CODES, lower + 40);
    long bits11 = pair11;
    store(packed, lanes, word + 5,
            Long.expand(bits10, 0xbf80bf80bf80bf80L)
                | Long.expand(bits11, 0x407f407f407f407fL),
            Long.expand(bits10 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits11 >>> 32, 0x407f407f407f407fL));
    // word 6 of the cell
    long pair12 = codes.get(CODES, upper + 48);
    long bits12 = pair12;
    long pair13 = codes.get(CODES, lower + 48);
    long bits13 = pair13;
    store(packed, lanes, word + 6,
            Long.expand(bits12, 0xbf80bf80bf80bf80L)
                | Long.expand(bits13, 0x407f407f407f407fL),
            Long.expand(bits12 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits13 >>> 32, 0x407f407f407f407fL));
    // word 7 of the cell
    long pair14 = codes.get(CODES, upper + 56);
    long bits14 = pair14;
    long pair15 = codes.get(CODES, lower + 56);
    long bits15 = pair15;
    store(packed, lanes, word + 7,
            Long.expand(bits14, 0xbf80bf80bf80bf80L)
                | Long.expand(bits15, 0x407f407f407f407fL),
            Long.expand(bits14 >>> 32, 0xbf80bf80bf80bf80L)
                | Long.expand(bits15 >>> 32, 0x407f407f407f407fL));
    long sums = ((pair0 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair1 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair2 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair3 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair4 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair5 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair6 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair7 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair8 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair9 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair10 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair11 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair12 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair13 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair14 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L)
            | ((pair15 & 0x7f7f7f7f7f7f7f7fL) + 0x0101010101010101L);
    return sums & 0x8080808080808080L;
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
    long low4 = load(packed, lanes, word + 4);
    long high4 = load(packed, lanes + 32, word + 4);
    long low5 = load(packed, lanes, word + 5);
    long high5 = load(packed, lanes + 32, word + 5);
    long low6 = load(packed, lanes, word + 6);
    long high6 = load(packed, lanes + 32, word + 6);
    long low7 = load(packed, lanes, word + 7);
    long high7 = load(packed, lanes + 32, word + 7);
    long pair0 = Long.compress(low0, 0xbf80bf80bf80bf80L) | Long.compress(high0, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper, pair0);
    long pair1 = Long.compress(low0, 0x407f407f407f407fL) | Long.compress(high0, 0x407f407f407f407fL) << 32;
    codes.set(CODES, lower, pair1);
    long pair2 = Long.compress(low1, 0xbf80bf80bf80bf80L) | Long.compress(high1, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper + 8, pair2);
    long pair3 = Long.compress(low1, 0x407f407f407f407fL) | Long.compress(high1, 0x407f407f407f407fL) << 32;
    codes.set(CODES, lower + 8, pair3);
    long pair4 = Long.compress(low2, 0xbf80bf80bf80bf80L) | Long.compress(high2, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper + 16, pair4);
    long pair5 = Long.compress(low2, 0x407f407f407f407fL) | Long.compress(high2, 0x407f407f407f407fL) << 32;
    codes.set(CODES, lower + 16, pair5);
    long pair6 = Long.compress(low3, 0xbf80bf80bf80bf80L) | Long.compress(high3, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper + 24, pair6);
    long pair7 = Long.compress(low3, 0x407f407f407f407fL) | Long.compress(high3, 0x407f407f407f407fL) << 32;
    codes.set(CODES, lower + 24, pair7);
    long pair8 = Long.compress(low4, 0xbf80bf80bf80bf80L) | Long.compress(high4, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper + 32, pair8);
    long pair9 = Long.compress(low4, 0x407f407f407f407fL) | Long.compress(high4, 0x407f407f407f407fL) << 32;
    codes.set(CODES, lower + 32, pair9);
    long pair10 = Long.compress(low5, 0xbf80bf80bf80bf80L) | Long.compress(high5, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper + 40, pair10);
    long pair11 = Long.compress(low5, 0x407f407f407f407fL) | Long.compress(high5, 0x407f407f407f407fL) << 32;
    codes.set(CODES, lower + 40, pair11);
    long pair12 = Long.compress(low6, 0xbf80bf80bf80bf80L) | Long.compress(high6, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper + 48, pair12);
    long pair13 = Long.compress(low6, 0x407f407f407f407fL) | Long.compress(high6, 0x407f407f407f407fL) << 32;
    codes.set(CODES, lower + 48, pair13);
    long pair14 = Long.compress(low7, 0xbf80bf80bf80bf80L) | Long.compress(high7, 0xbf80bf80bf80bf80L) << 32;
    codes.set(CODES, upper + 56, pair14);
    long pair15 = Long.compress(low7, 0x407f407f407f407fL) | Long.compress(high7, 0x407f407f407f407fL) << 32;
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
          return new IllegalArgumentException("fp8_e4m3: code " + code + " at row " + r + ", column " + c + " stands for no weight");
        }
      }
    }
    throw new IllegalStateException("the codes changed while they were packed");
  }

  private static boolean isCode(int code) {
    return code < 256 && (code & 127) < 127;
  }
}
