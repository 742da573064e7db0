package org.bitloom.generated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bitloom.runtime.api.CodePacker;

/**
 * Packs and unpacks the codes of {@code fp6_e3m2_g128}. Generated from
 * <pre>
 * format fp6_e3m2_g128 {
 *   element float e3m2 finite
 *   scale f16 per 128
 * }
 * </pre>
 * Where each bit lies:
 * <pre>
 * unit 16 x 128: 2 cell(s) of 16 x 64, 12 words a lane, 1536 bytes; field = code ^ 0
 * pair p = register p % 4 of fragment p &#47; 4; a: even k, b: odd k; bit 0 is the lowest
 * w0[31..16]   0b5  7a0  6b5  0b4  0b3  0b2  0b1  0b0  1b5  6b0  7b5  1b4  1b3  1b2  1b1  1b0
 * w0[15.. 0]   0a5  7b0  6a5  0a4  0a3  0a2  0a1  0a0  1a5  6a0  7a5  1a4  1a3  1a2  1a1  1a0
 * w1[31..16]   2b5  7a2  7a1  2b4  2b3  2b2  2b1  2b0  3b5  6b2  6b1  3b4  3b3  3b2  3b1  3b0
 * w1[15.. 0]   2a5  7b2  7b1  2a4  2a3  2a2  2a1  2a0  3a5  6a2  6a1  3a4  3a3  3a2  3a1  3a0
 * w2[31..16]   4b5  7a4  7a3  4b4  4b3  4b2  4b1  4b0  5b5  6b4  6b3  5b4  5b3  5b2  5b1  5b0
 * w2[15.. 0]   4a5  7b4  7b3  4a4  4a3  4a2  4a1  4a0  5a5  6a4  6a3  5a4  5a3  5a2  5a1  5a0
 * w3[31..16]   8b5 15a0 14b5  8b4  8b3  8b2  8b1  8b0  9b5 14b0 15b5  9b4  9b3  9b2  9b1  9b0
 * w3[15.. 0]   8a5 15b0 14a5  8a4  8a3  8a2  8a1  8a0  9a5 14a0 15a5  9a4  9a3  9a2  9a1  9a0
 * w4[31..16]  10b5 15a2 15a1 10b4 10b3 10b2 10b1 10b0 11b5 14b2 14b1 11b4 11b3 11b2 11b1 11b0
 * w4[15.. 0]  10a5 15b2 15b1 10a4 10a3 10a2 10a1 10a0 11a5 14a2 14a1 11a4 11a3 11a2 11a1 11a0
 * w5[31..16]  12b5 15a4 15a3 12b4 12b3 12b2 12b1 12b0 13b5 14b4 14b3 13b4 13b3 13b2 13b1 13b0
 * w5[15.. 0]  12a5 15b4 15b3 12a4 12a3 12a2 12a1 12a0 13a5 14a4 14a3 13a4 13a3 13a2 13a1 13a0
 * </pre>
 */
public final class Fp6E3m2G128Packer implements CodePacker {
  private static final ValueLayout.OfLong CODES = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ROWS = 16;

  private static final int CELL_K = 64;

  private static final int UNIT_K = 128;

  private static final int UNIT_BYTES = 1536;

  private static final int LANE_WORDS = 12;

  private static final int CELL_WORDS = 6;

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
    long bits0 = Long.compress(pair0, 0x3f3f3f3f3f3f3f3fL);
    long pair1 = codes.get(CODES, lower);
    long bits1 = Long.compress(pair1, 0x3f3f3f3f3f3f3f3fL);
    long pair6 = codes.get(CODES, upper + 24);
    long bits6 = Long.compress(pair6, 0x2121212121212121L);
    long pair7 = codes.get(CODES, lower + 24);
    long bits9 = Long.compress(pair7, 0x0001000100010001L);
    long bits12 = Long.compress(pair7, 0x2120212021202120L);
    store(packed, lanes, word,
            Long.expand(bits0, 0x9f009f009f009f00L)
                | Long.expand(bits1, 0x009f009f009f009fL)
                | Long.expand(bits6, 0x2040204020402040L)
                | Long.expand(bits9, 0x4000000040000000L)
                | Long.expand(bits12, 0x0020402000204020L),
            Long.expand(bits0 >>> 24, 0x9f009f009f009f00L)
                | Long.expand(bits1 >>> 24, 0x009f009f009f009fL)
                | Long.expand(bits6 >>> 8, 0x2040204020402040L)
                | Long.expand(bits9 >>> 2, 0x4000000040000000L)
                | Long.expand(bits12 >>> 6, 0x0020402000204020L));
    // word 1 of the cell
    long pair2 = codes.get(CODES, upper + 8);
    long bits2 = Long.compress(pair2, 0x3f3f3f3f3f3f3f3fL);
    long pair3 = codes.get(CODES, lower + 8);
    long bits3 = Long.compress(pair3, 0x3f3f3f3f3f3f3f3fL);
    long bits7 = Long.compress(pair6, 0x0606060606060606L);
    long bits10 = Long.compress(pair7, 0x0006000600060006L);
    long bits13 = Long.compress(pair7, 0x0600060006000600L);
    store(packed, lanes, word + 1,
            Long.expand(bits2, 0x9f009f009f009f00L)
                | Long.expand(bits3, 0x009f009f009f009fL)
                | Long.expand(bits7, 0x0060006000600060L)
                | Long.expand(bits10, 0x6000000060000000L)
                | Long.expand(bits13, 0x0000600000006000L),
            Long.expand(bits2 >>> 24, 0x9f009f009f009f00L)
                | Long.expand(bits3 >>> 24, 0x009f009f009f009fL)
                | Long.expand(bits7 >>> 8, 0x0060006000600060L)
                | Long.expand(bits10 >>> 4, 0x6000000060000000L)
                | Long.expand(bits13 >>> 4, 0x0000600000006000L));
    // word 2 of the cell
    long pair4 = codes.get(CODES, upper + 16);
    long bits4 = Long.compress(pair4, 0x3f3f3f3f3f3f3f3fL);
    long pair5 = codes.get(CODES, lower + 16);
    long bits5 = Long.compress(pair5, 0x3f3f3f3f3f3f3f3fL);
    long bits8 = Long.compress(pair6, 0x1818181818181818L);
    long bits11 = Long.compress(pair7, 0x0018001800180018L);
    long bits14 = Long.compress(pair7, 0x1800180018001800L);
    store(packed, lanes, word + 2,
            Long.expand(bits4, 0x9f009f009f009f00L)
                | Long.expand(bits5, 0x009f009f009f009fL)
                | Long.expand(bits8, 0x0060006000600060L)
                | Long.expand(bits11, 0x6000000060000000L)
                | Long.expand(bits14, 0x0000600000006000L),
            Long.expand(bits4 >>> 24, 0x9f009f009f009f00L)
                | Long.expand(bits5 >>> 24, 0x009f009f009f009fL)
                | Long.expand(bits8 >>> 8, 0x0060006000600060L)
                | Long.expand(bits11 >>> 4, 0x6000000060000000L)
                | Long.expand(bits14 >>> 4, 0x0000600000006000L));
    // word 3 of the cell
    long pair8 = codes.get(CODES, upper + 32);
    long bits15 = Long.compress(pair8, 0x3f3f3f3f3f3f3f3fL);
    long pair9 = codes.get(CODES, lower + 32);
    long bits16 = Long.compress(pair9, 0x3f3f3f3f3f3f3f3fL);
    long pair14 = codes.get(CODES, upper + 56);
    long bits21 = Long.compress(pair14, 0x2121212121212121L);
    long pair15 = codes.get(CODES, lower + 56);
    long bits24 = Long.compress(pair15, 0x0001000100010001L);
    long bits27 = Long.compress(pair15, 0x2120212021202120L);
    store(packed, lanes, word + 3,
            Long.expand(bits15, 0x9f009f009f009f00L)
                | Long.expand(bits16, 0x009f009f009f009fL)
                | Long.expand(bits21, 0x2040204020402040L)
                | Long.expand(bits24, 0x4000000040000000L)
                | Long.expand(bits27, 0x0020402000204020L),
            Long.expand(bits15 >>> 24, 0x9f009f009f009f00L)
                | Long.expand(bits16 >>> 24, 0x009f009f009f009fL)
                | Long.expand(bits21 >>> 8, 0x2040204020402040L)
                | Long.expand(bits24 >>> 2, 0x4000000040000000L)
                | Long.expand(bits27 >>> 6, 0x0020402000204020L));
    // word 4 of the cell
    long pair10 = codes.get(CODES, upper + 40);
    long bits17 = Long.compress(pair10, 0x3f3f3f3f3f3f3f3fL);
    long pair11 = codes.get(CODES, lower + 40);
    long bits18 = Long.compress(pair11, 0x3f3f3f3f3f3f3f3fL);
    long bits22 = Long.compress(pair14, 0x0606060606060606L);
    long bits25 = Long.compress(pair15, 0x0006000600060006L);
    long bits28 = Long.compress(pair15, 0x0600060006000600L);
    store(packed, lanes, word + 4,
            Long.expand(bits17, 0x9f009f009f009f00L)
                | Long.expand(bits18, 0x009f009f009f009fL)
                | Long.expand(bits22, 0x0060006000600060L)
                | Long.expand(bits25, 0x6000000060000000L)
                | Long.expand(bits28, 0x0000600000006000L),
            Long.expand(bits17 >>> 24, 0x9f009f009f009f00L)
                | Long.expand(bits18 >>> 24, 0x009f009f009f009fL)
                | Long.expand(bits22 >>> 8, 0x0060006000600060L)
                | Long.expand(bits25 >>> 4, 0x6000000060000000L)
                | Long.expand(bits28 >>> 4, 0x0000600000006000L));
    // word 5 of the cell
    long pair12 = codes.get(CODES, upper + 48);
    long bits19 = Long.compress(pair12, 0x3f3f3f3f3f3f3f3fL);
    long pair13 = codes.get(CODES, lower + 48);
    long bits20 = Long.compress(pair13, 0x3f3f3f3f3f3f3f3fL);
    long bits23 = Long.compress(pair14, 0x1818181818181818L);
    long bits26 = Long.compress(pair15, 0x0018001800180018L);
    long bits29 = Long.compress(pair15, 0x1800180018001800L);
    store(packed, lanes, word + 5,
            Long.expand(bits19, 0x9f009f009f009f00L)
                | Long.expand(bits20, 0x009f009f009f009fL)
                | Long.expand(bits23, 0x0060006000600060L)
                | Long.expand(bits26, 0x6000000060000000L)
                | Long.expand(bits29, 0x0000600000006000L),
            Long.expand(bits19 >>> 24, 0x9f009f009f009f00L)
                | Long.expand(bits20 >>> 24, 0x009f009f009f009fL)
                | Long.expand(bits23 >>> 8, 0x0060006000600060L)
                | Long.expand(bits26 >>> 4, 0x6000000060000000L)
                | Long.expand(bits29 >>> 4, 0x0000600000006000L));
    long seen = pair0 | pair1 | pair2 | pair3 | pair4 | pair5 | pair6 | pair7
            | pair8 | pair9 | pair10 | pair11 | pair12 | pair13 | pair14 | pair15;
    return seen & 0xc0c0c0c0c0c0c0c0L;
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
    long pair0 = Long.expand(Long.compress(low0, 0x9f009f009f009f00L) | Long.compress(high0, 0x9f009f009f009f00L) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, upper, pair0);
    long pair1 = Long.expand(Long.compress(low0, 0x009f009f009f009fL) | Long.compress(high0, 0x009f009f009f009fL) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, lower, pair1);
    long pair2 = Long.expand(Long.compress(low1, 0x9f009f009f009f00L) | Long.compress(high1, 0x9f009f009f009f00L) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, upper + 8, pair2);
    long pair3 = Long.expand(Long.compress(low1, 0x009f009f009f009fL) | Long.compress(high1, 0x009f009f009f009fL) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, lower + 8, pair3);
    long pair4 = Long.expand(Long.compress(low2, 0x9f009f009f009f00L) | Long.compress(high2, 0x9f009f009f009f00L) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, upper + 16, pair4);
    long pair5 = Long.expand(Long.compress(low2, 0x009f009f009f009fL) | Long.compress(high2, 0x009f009f009f009fL) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, lower + 16, pair5);
    long pair6 = Long.expand(Long.compress(low0, 0x2040204020402040L) | Long.compress(high0, 0x2040204020402040L) << 8, 0x2121212121212121L)
            | Long.expand(Long.compress(low1, 0x0060006000600060L) | Long.compress(high1, 0x0060006000600060L) << 8, 0x0606060606060606L)
            | Long.expand(Long.compress(low2, 0x0060006000600060L) | Long.compress(high2, 0x0060006000600060L) << 8, 0x1818181818181818L);
    codes.set(CODES, upper + 24, pair6);
    long pair7 = Long.expand(Long.compress(low0, 0x4000000040000000L) | Long.compress(high0, 0x4000000040000000L) << 2, 0x0001000100010001L)
            | Long.expand(Long.compress(low1, 0x6000000060000000L) | Long.compress(high1, 0x6000000060000000L) << 4, 0x0006000600060006L)
            | Long.expand(Long.compress(low2, 0x6000000060000000L) | Long.compress(high2, 0x6000000060000000L) << 4, 0x0018001800180018L)
            | Long.expand(Long.compress(low0, 0x0020402000204020L) | Long.compress(high0, 0x0020402000204020L) << 6, 0x2120212021202120L)
            | Long.expand(Long.compress(low1, 0x0000600000006000L) | Long.compress(high1, 0x0000600000006000L) << 4, 0x0600060006000600L)
            | Long.expand(Long.compress(low2, 0x0000600000006000L) | Long.compress(high2, 0x0000600000006000L) << 4, 0x1800180018001800L);
    codes.set(CODES, lower + 24, pair7);
    long pair8 = Long.expand(Long.compress(low3, 0x9f009f009f009f00L) | Long.compress(high3, 0x9f009f009f009f00L) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, upper + 32, pair8);
    long pair9 = Long.expand(Long.compress(low3, 0x009f009f009f009fL) | Long.compress(high3, 0x009f009f009f009fL) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, lower + 32, pair9);
    long pair10 = Long.expand(Long.compress(low4, 0x9f009f009f009f00L) | Long.compress(high4, 0x9f009f009f009f00L) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, upper + 40, pair10);
    long pair11 = Long.expand(Long.compress(low4, 0x009f009f009f009fL) | Long.compress(high4, 0x009f009f009f009fL) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, lower + 40, pair11);
    long pair12 = Long.expand(Long.compress(low5, 0x9f009f009f009f00L) | Long.compress(high5, 0x9f009f009f009f00L) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, upper + 48, pair12);
    long pair13 = Long.expand(Long.compress(low5, 0x009f009f009f009fL) | Long.compress(high5, 0x009f009f009f009fL) << 24, 0x3f3f3f3f3f3f3f3fL);
    codes.set(CODES, lower + 48, pair13);
    long pair14 = Long.expand(Long.compress(low3, 0x2040204020402040L) | Long.compress(high3, 0x2040204020402040L) << 8, 0x2121212121212121L)
            | Long.expand(Long.compress(low4, 0x0060006000600060L) | Long.compress(high4, 0x0060006000600060L) << 8, 0x0606060606060606L)
            | Long.expand(Long.compress(low5, 0x0060006000600060L) | Long.compress(high5, 0x0060006000600060L) << 8, 0x1818181818181818L);
    codes.set(CODES, upper + 56, pair14);
    long pair15 = Long.expand(Long.compress(low3, 0x4000000040000000L) | Long.compress(high3, 0x4000000040000000L) << 2, 0x0001000100010001L)
            | Long.expand(Long.compress(low4, 0x6000000060000000L) | Long.compress(high4, 0x6000000060000000L) << 4, 0x0006000600060006L)
            | Long.expand(Long.compress(low5, 0x6000000060000000L) | Long.compress(high5, 0x6000000060000000L) << 4, 0x0018001800180018L)
            | Long.expand(Long.compress(low3, 0x0020402000204020L) | Long.compress(high3, 0x0020402000204020L) << 6, 0x2120212021202120L)
            | Long.expand(Long.compress(low4, 0x0000600000006000L) | Long.compress(high4, 0x0000600000006000L) << 4, 0x0600060006000600L)
            | Long.expand(Long.compress(low5, 0x0000600000006000L) | Long.compress(high5, 0x0000600000006000L) << 4, 0x1800180018001800L);
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
          return new IllegalArgumentException("fp6_e3m2_g128: code " + code + " at row " + r + ", column " + c + " stands for no weight");
        }
      }
    }
    throw new IllegalStateException("the codes changed while they were packed");
  }

  private static boolean isCode(int code) {
    return code < 64;
  }
}
