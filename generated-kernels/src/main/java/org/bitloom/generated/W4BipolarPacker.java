package org.bitloom.generated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bitloom.runtime.api.CodePacker;

/**
 * Packs and unpacks the codes of {@code w4_bipolar}. Generated from
 * <pre>
 * format w4_bipolar {
 *   element bipolar 4
 *   scale f16 per row
 * }
 * </pre>
 * Where each bit lies:
 * <pre>
 * unit 16 x 256: 4 cell(s) of 16 x 64, 16 words a lane, 2048 bytes; field = code ^ 0
 * pair p = register p % 4 of fragment p &#47; 4; a: even k, b: odd k; bit 0 is the lowest
 * w0[31..16]  15b0 13b0 11b0  9b0  7b0  5b0  3b0  1b0 14b0 12b0 10b0  8b0  6b0  4b0  2b0  0b0
 * w0[15.. 0]  15a0 13a0 11a0  9a0  7a0  5a0  3a0  1a0 14a0 12a0 10a0  8a0  6a0  4a0  2a0  0a0
 * w1[31..16]  15b1 13b1 11b1  9b1  7b1  5b1  3b1  1b1 14b1 12b1 10b1  8b1  6b1  4b1  2b1  0b1
 * w1[15.. 0]  15a1 13a1 11a1  9a1  7a1  5a1  3a1  1a1 14a1 12a1 10a1  8a1  6a1  4a1  2a1  0a1
 * w2[31..16]  15b2 13b2 11b2  9b2  7b2  5b2  3b2  1b2 14b2 12b2 10b2  8b2  6b2  4b2  2b2  0b2
 * w2[15.. 0]  15a2 13a2 11a2  9a2  7a2  5a2  3a2  1a2 14a2 12a2 10a2  8a2  6a2  4a2  2a2  0a2
 * w3[31..16]  15b3 13b3 11b3  9b3  7b3  5b3  3b3  1b3 14b3 12b3 10b3  8b3  6b3  4b3  2b3  0b3
 * w3[15.. 0]  15a3 13a3 11a3  9a3  7a3  5a3  3a3  1a3 14a3 12a3 10a3  8a3  6a3  4a3  2a3  0a3
 * </pre>
 */
public final class W4BipolarPacker implements CodePacker {
  private static final ValueLayout.OfLong CODES = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ROWS = 16;

  private static final int CELL_K = 64;

  private static final int UNIT_K = 256;

  private static final int UNIT_BYTES = 2048;

  private static final int LANE_WORDS = 16;

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
    long bits0 = Long.compress(pair0, 0x0101010101010101L);
    long pair1 = codes.get(CODES, lower);
    long bits4 = Long.compress(pair1, 0x0101010101010101L);
    long pair2 = codes.get(CODES, upper + 8);
    long bits8 = Long.compress(pair2, 0x0101010101010101L);
    long pair3 = codes.get(CODES, lower + 8);
    long bits12 = Long.compress(pair3, 0x0101010101010101L);
    long pair4 = codes.get(CODES, upper + 16);
    long bits16 = Long.compress(pair4, 0x0101010101010101L);
    long pair5 = codes.get(CODES, lower + 16);
    long bits20 = Long.compress(pair5, 0x0101010101010101L);
    long pair6 = codes.get(CODES, upper + 24);
    long bits24 = Long.compress(pair6, 0x0101010101010101L);
    long pair7 = codes.get(CODES, lower + 24);
    long bits28 = Long.compress(pair7, 0x0101010101010101L);
    long pair8 = codes.get(CODES, upper + 32);
    long bits32 = Long.compress(pair8, 0x0101010101010101L);
    long pair9 = codes.get(CODES, lower + 32);
    long bits36 = Long.compress(pair9, 0x0101010101010101L);
    long pair10 = codes.get(CODES, upper + 40);
    long bits40 = Long.compress(pair10, 0x0101010101010101L);
    long pair11 = codes.get(CODES, lower + 40);
    long bits44 = Long.compress(pair11, 0x0101010101010101L);
    long pair12 = codes.get(CODES, upper + 48);
    long bits48 = Long.compress(pair12, 0x0101010101010101L);
    long pair13 = codes.get(CODES, lower + 48);
    long bits52 = Long.compress(pair13, 0x0101010101010101L);
    long pair14 = codes.get(CODES, upper + 56);
    long bits56 = Long.compress(pair14, 0x0101010101010101L);
    long pair15 = codes.get(CODES, lower + 56);
    long bits60 = Long.compress(pair15, 0x0101010101010101L);
    store(packed, lanes, word,
            Long.expand(bits0, 0x0001000100010001L)
                | Long.expand(bits4, 0x0100010001000100L)
                | Long.expand(bits8, 0x0002000200020002L)
                | Long.expand(bits12, 0x0200020002000200L)
                | Long.expand(bits16, 0x0004000400040004L)
                | Long.expand(bits20, 0x0400040004000400L)
                | Long.expand(bits24, 0x0008000800080008L)
                | Long.expand(bits28, 0x0800080008000800L)
                | Long.expand(bits32, 0x0010001000100010L)
                | Long.expand(bits36, 0x1000100010001000L)
                | Long.expand(bits40, 0x0020002000200020L)
                | Long.expand(bits44, 0x2000200020002000L)
                | Long.expand(bits48, 0x0040004000400040L)
                | Long.expand(bits52, 0x4000400040004000L)
                | Long.expand(bits56, 0x0080008000800080L)
                | Long.expand(bits60, 0x8000800080008000L),
            Long.expand(bits0 >>> 4, 0x0001000100010001L)
                | Long.expand(bits4 >>> 4, 0x0100010001000100L)
                | Long.expand(bits8 >>> 4, 0x0002000200020002L)
                | Long.expand(bits12 >>> 4, 0x0200020002000200L)
                | Long.expand(bits16 >>> 4, 0x0004000400040004L)
                | Long.expand(bits20 >>> 4, 0x0400040004000400L)
                | Long.expand(bits24 >>> 4, 0x0008000800080008L)
                | Long.expand(bits28 >>> 4, 0x0800080008000800L)
                | Long.expand(bits32 >>> 4, 0x0010001000100010L)
                | Long.expand(bits36 >>> 4, 0x1000100010001000L)
                | Long.expand(bits40 >>> 4, 0x0020002000200020L)
                | Long.expand(bits44 >>> 4, 0x2000200020002000L)
                | Long.expand(bits48 >>> 4, 0x0040004000400040L)
                | Long.expand(bits52 >>> 4, 0x4000400040004000L)
                | Long.expand(bits56 >>> 4, 0x0080008000800080L)
                | Long.expand(bits60 >>> 4, 0x8000800080008000L));
    // word 1 of the cell
    long bits1 = Long.compress(pair0, 0x0202020202020202L);
    long bits5 = Long.compress(pair1, 0x0202020202020202L);
    long bits9 = Long.compress(pair2, 0x0202020202020202L);
    long bits13 = Long.compress(pair3, 0x0202020202020202L);
    long bits17 = Long.compress(pair4, 0x0202020202020202L);
    long bits21 = Long.compress(pair5, 0x0202020202020202L);
    long bits25 = Long.compress(pair6, 0x0202020202020202L);
    long bits29 = Long.compress(pair7, 0x0202020202020202L);
    long bits33 = Long.compress(pair8, 0x0202020202020202L);
    long bits37 = Long.compress(pair9, 0x0202020202020202L);
    long bits41 = Long.compress(pair10, 0x0202020202020202L);
    long bits45 = Long.compress(pair11, 0x0202020202020202L);
    long bits49 = Long.compress(pair12, 0x0202020202020202L);
    long bits53 = Long.compress(pair13, 0x0202020202020202L);
    long bits57 = Long.compress(pair14, 0x0202020202020202L);
    long bits61 = Long.compress(pair15, 0x0202020202020202L);
    store(packed, lanes, word + 1,
            Long.expand(bits1, 0x0001000100010001L)
                | Long.expand(bits5, 0x0100010001000100L)
                | Long.expand(bits9, 0x0002000200020002L)
                | Long.expand(bits13, 0x0200020002000200L)
                | Long.expand(bits17, 0x0004000400040004L)
                | Long.expand(bits21, 0x0400040004000400L)
                | Long.expand(bits25, 0x0008000800080008L)
                | Long.expand(bits29, 0x0800080008000800L)
                | Long.expand(bits33, 0x0010001000100010L)
                | Long.expand(bits37, 0x1000100010001000L)
                | Long.expand(bits41, 0x0020002000200020L)
                | Long.expand(bits45, 0x2000200020002000L)
                | Long.expand(bits49, 0x0040004000400040L)
                | Long.expand(bits53, 0x4000400040004000L)
                | Long.expand(bits57, 0x0080008000800080L)
                | Long.expand(bits61, 0x8000800080008000L),
            Long.expand(bits1 >>> 4, 0x0001000100010001L)
                | Long.expand(bits5 >>> 4, 0x0100010001000100L)
                | Long.expand(bits9 >>> 4, 0x0002000200020002L)
                | Long.expand(bits13 >>> 4, 0x0200020002000200L)
                | Long.expand(bits17 >>> 4, 0x0004000400040004L)
                | Long.expand(bits21 >>> 4, 0x0400040004000400L)
                | Long.expand(bits25 >>> 4, 0x0008000800080008L)
                | Long.expand(bits29 >>> 4, 0x0800080008000800L)
                | Long.expand(bits33 >>> 4, 0x0010001000100010L)
                | Long.expand(bits37 >>> 4, 0x1000100010001000L)
                | Long.expand(bits41 >>> 4, 0x0020002000200020L)
                | Long.expand(bits45 >>> 4, 0x2000200020002000L)
                | Long.expand(bits49 >>> 4, 0x0040004000400040L)
                | Long.expand(bits53 >>> 4, 0x4000400040004000L)
                | Long.expand(bits57 >>> 4, 0x0080008000800080L)
                | Long.expand(bits61 >>> 4, 0x8000800080008000L));
    // word 2 of the cell
    long bits2 = Long.compress(pair0, 0x0404040404040404L);
    long bits6 = Long.compress(pair1, 0x0404040404040404L);
    long bits10 = Long.compress(pair2, 0x0404040404040404L);
    long bits14 = Long.compress(pair3, 0x0404040404040404L);
    long bits18 = Long.compress(pair4, 0x0404040404040404L);
    long bits22 = Long.compress(pair5, 0x0404040404040404L);
    long bits26 = Long.compress(pair6, 0x0404040404040404L);
    long bits30 = Long.compress(pair7, 0x0404040404040404L);
    long bits34 = Long.compress(pair8, 0x0404040404040404L);
    long bits38 = Long.compress(pair9, 0x0404040404040404L);
    long bits42 = Long.compress(pair10, 0x0404040404040404L);
    long bits46 = Long.compress(pair11, 0x0404040404040404L);
    long bits50 = Long.compress(pair12, 0x0404040404040404L);
    long bits54 = Long.compress(pair13, 0x0404040404040404L);
    long bits58 = Long.compress(pair14, 0x0404040404040404L);
    long bits62 = Long.compress(pair15, 0x0404040404040404L);
    store(packed, lanes, word + 2,
            Long.expand(bits2, 0x0001000100010001L)
                | Long.expand(bits6, 0x0100010001000100L)
                | Long.expand(bits10, 0x0002000200020002L)
                | Long.expand(bits14, 0x0200020002000200L)
                | Long.expand(bits18, 0x0004000400040004L)
                | Long.expand(bits22, 0x0400040004000400L)
                | Long.expand(bits26, 0x0008000800080008L)
                | Long.expand(bits30, 0x0800080008000800L)
                | Long.expand(bits34, 0x0010001000100010L)
                | Long.expand(bits38, 0x1000100010001000L)
                | Long.expand(bits42, 0x0020002000200020L)
                | Long.expand(bits46, 0x2000200020002000L)
                | Long.expand(bits50, 0x0040004000400040L)
                | Long.expand(bits54, 0x4000400040004000L)
                | Long.expand(bits58, 0x0080008000800080L)
                | Long.expand(bits62, 0x8000800080008000L),
            Long.expand(bits2 >>> 4, 0x0001000100010001L)
                | Long.expand(bits6 >>> 4, 0x0100010001000100L)
                | Long.expand(bits10 >>> 4, 0x0002000200020002L)
                | Long.expand(bits14 >>> 4, 0x0200020002000200L)
                | Long.expand(bits18 >>> 4, 0x0004000400040004L)
                | Long.expand(bits22 >>> 4, 0x0400040004000400L)
                | Long.expand(bits26 >>> 4, 0x0008000800080008L)
                | Long.expand(bits30 >>> 4, 0x0800080008000800L)
                | Long.expand(bits34 >>> 4, 0x0010001000100010L)
                | Long.expand(bits38 >>> 4, 0x1000100010001000L)
                | Long.expand(bits42 >>> 4, 0x0020002000200020L)
                | Long.expand(bits46 >>> 4, 0x2000200020002000L)
                | Long.expand(bits50 >>> 4, 0x0040004000400040L)
                | Long.expand(bits54 >>> 4, 0x4000400040004000L)
                | Long.expand(bits58 >>> 4, 0x0080008000800080L)
                | Long.expand(bits62 >>> 4, 0x8000800080008000L));
    // word 3 of the cell
    long bits3 = Long.compress(pair0, 0x0808080808080808L);
    long bits7 = Long.compress(pair1, 0x0808080808080808L);
    long bits11 = Long.compress(pair2, 0x0808080808080808L);
    long bits15 = Long.compress(pair3, 0x0808080808080808L);
    long bits19 = Long.compress(pair4, 0x0808080808080808L);
    long bits23 = Long.compress(pair5, 0x0808080808080808L);
    long bits27 = Long.compress(pair6, 0x0808080808080808L);
    long bits31 = Long.compress(pair7, 0x0808080808080808L);
    long bits35 = Long.compress(pair8, 0x0808080808080808L);
    long bits39 = Long.compress(pair9, 0x0808080808080808L);
    long bits43 = Long.compress(pair10, 0x0808080808080808L);
    long bits47 = Long.compress(pair11, 0x0808080808080808L);
    long bits51 = Long.compress(pair12, 0x0808080808080808L);
    long bits55 = Long.compress(pair13, 0x0808080808080808L);
    long bits59 = Long.compress(pair14, 0x0808080808080808L);
    long bits63 = Long.compress(pair15, 0x0808080808080808L);
    store(packed, lanes, word + 3,
            Long.expand(bits3, 0x0001000100010001L)
                | Long.expand(bits7, 0x0100010001000100L)
                | Long.expand(bits11, 0x0002000200020002L)
                | Long.expand(bits15, 0x0200020002000200L)
                | Long.expand(bits19, 0x0004000400040004L)
                | Long.expand(bits23, 0x0400040004000400L)
                | Long.expand(bits27, 0x0008000800080008L)
                | Long.expand(bits31, 0x0800080008000800L)
                | Long.expand(bits35, 0x0010001000100010L)
                | Long.expand(bits39, 0x1000100010001000L)
                | Long.expand(bits43, 0x0020002000200020L)
                | Long.expand(bits47, 0x2000200020002000L)
                | Long.expand(bits51, 0x0040004000400040L)
                | Long.expand(bits55, 0x4000400040004000L)
                | Long.expand(bits59, 0x0080008000800080L)
                | Long.expand(bits63, 0x8000800080008000L),
            Long.expand(bits3 >>> 4, 0x0001000100010001L)
                | Long.expand(bits7 >>> 4, 0x0100010001000100L)
                | Long.expand(bits11 >>> 4, 0x0002000200020002L)
                | Long.expand(bits15 >>> 4, 0x0200020002000200L)
                | Long.expand(bits19 >>> 4, 0x0004000400040004L)
                | Long.expand(bits23 >>> 4, 0x0400040004000400L)
                | Long.expand(bits27 >>> 4, 0x0008000800080008L)
                | Long.expand(bits31 >>> 4, 0x0800080008000800L)
                | Long.expand(bits35 >>> 4, 0x0010001000100010L)
                | Long.expand(bits39 >>> 4, 0x1000100010001000L)
                | Long.expand(bits43 >>> 4, 0x0020002000200020L)
                | Long.expand(bits47 >>> 4, 0x2000200020002000L)
                | Long.expand(bits51 >>> 4, 0x0040004000400040L)
                | Long.expand(bits55 >>> 4, 0x4000400040004000L)
                | Long.expand(bits59 >>> 4, 0x0080008000800080L)
                | Long.expand(bits63 >>> 4, 0x8000800080008000L));
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
    long pair0 = Long.expand(Long.compress(low0, 0x0001000100010001L) | Long.compress(high0, 0x0001000100010001L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0001000100010001L) | Long.compress(high1, 0x0001000100010001L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0001000100010001L) | Long.compress(high2, 0x0001000100010001L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0001000100010001L) | Long.compress(high3, 0x0001000100010001L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper, pair0);
    long pair1 = Long.expand(Long.compress(low0, 0x0100010001000100L) | Long.compress(high0, 0x0100010001000100L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0100010001000100L) | Long.compress(high1, 0x0100010001000100L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0100010001000100L) | Long.compress(high2, 0x0100010001000100L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0100010001000100L) | Long.compress(high3, 0x0100010001000100L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower, pair1);
    long pair2 = Long.expand(Long.compress(low0, 0x0002000200020002L) | Long.compress(high0, 0x0002000200020002L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0002000200020002L) | Long.compress(high1, 0x0002000200020002L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0002000200020002L) | Long.compress(high2, 0x0002000200020002L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0002000200020002L) | Long.compress(high3, 0x0002000200020002L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper + 8, pair2);
    long pair3 = Long.expand(Long.compress(low0, 0x0200020002000200L) | Long.compress(high0, 0x0200020002000200L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0200020002000200L) | Long.compress(high1, 0x0200020002000200L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0200020002000200L) | Long.compress(high2, 0x0200020002000200L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0200020002000200L) | Long.compress(high3, 0x0200020002000200L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower + 8, pair3);
    long pair4 = Long.expand(Long.compress(low0, 0x0004000400040004L) | Long.compress(high0, 0x0004000400040004L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0004000400040004L) | Long.compress(high1, 0x0004000400040004L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0004000400040004L) | Long.compress(high2, 0x0004000400040004L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0004000400040004L) | Long.compress(high3, 0x0004000400040004L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper + 16, pair4);
    long pair5 = Long.expand(Long.compress(low0, 0x0400040004000400L) | Long.compress(high0, 0x0400040004000400L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0400040004000400L) | Long.compress(high1, 0x0400040004000400L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0400040004000400L) | Long.compress(high2, 0x0400040004000400L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0400040004000400L) | Long.compress(high3, 0x0400040004000400L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower + 16, pair5);
    long pair6 = Long.expand(Long.compress(low0, 0x0008000800080008L) | Long.compress(high0, 0x0008000800080008L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0008000800080008L) | Long.compress(high1, 0x0008000800080008L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0008000800080008L) | Long.compress(high2, 0x0008000800080008L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0008000800080008L) | Long.compress(high3, 0x0008000800080008L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper + 24, pair6);
    long pair7 = Long.expand(Long.compress(low0, 0x0800080008000800L) | Long.compress(high0, 0x0800080008000800L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0800080008000800L) | Long.compress(high1, 0x0800080008000800L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0800080008000800L) | Long.compress(high2, 0x0800080008000800L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0800080008000800L) | Long.compress(high3, 0x0800080008000800L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower + 24, pair7);
    long pair8 = Long.expand(Long.compress(low0, 0x0010001000100010L) | Long.compress(high0, 0x0010001000100010L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0010001000100010L) | Long.compress(high1, 0x0010001000100010L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0010001000100010L) | Long.compress(high2, 0x0010001000100010L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0010001000100010L) | Long.compress(high3, 0x0010001000100010L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper + 32, pair8);
    long pair9 = Long.expand(Long.compress(low0, 0x1000100010001000L) | Long.compress(high0, 0x1000100010001000L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x1000100010001000L) | Long.compress(high1, 0x1000100010001000L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x1000100010001000L) | Long.compress(high2, 0x1000100010001000L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x1000100010001000L) | Long.compress(high3, 0x1000100010001000L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower + 32, pair9);
    long pair10 = Long.expand(Long.compress(low0, 0x0020002000200020L) | Long.compress(high0, 0x0020002000200020L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0020002000200020L) | Long.compress(high1, 0x0020002000200020L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0020002000200020L) | Long.compress(high2, 0x0020002000200020L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0020002000200020L) | Long.compress(high3, 0x0020002000200020L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper + 40, pair10);
    long pair11 = Long.expand(Long.compress(low0, 0x2000200020002000L) | Long.compress(high0, 0x2000200020002000L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x2000200020002000L) | Long.compress(high1, 0x2000200020002000L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x2000200020002000L) | Long.compress(high2, 0x2000200020002000L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x2000200020002000L) | Long.compress(high3, 0x2000200020002000L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower + 40, pair11);
    long pair12 = Long.expand(Long.compress(low0, 0x0040004000400040L) | Long.compress(high0, 0x0040004000400040L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0040004000400040L) | Long.compress(high1, 0x0040004000400040L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0040004000400040L) | Long.compress(high2, 0x0040004000400040L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0040004000400040L) | Long.compress(high3, 0x0040004000400040L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper + 48, pair12);
    long pair13 = Long.expand(Long.compress(low0, 0x4000400040004000L) | Long.compress(high0, 0x4000400040004000L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x4000400040004000L) | Long.compress(high1, 0x4000400040004000L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x4000400040004000L) | Long.compress(high2, 0x4000400040004000L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x4000400040004000L) | Long.compress(high3, 0x4000400040004000L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower + 48, pair13);
    long pair14 = Long.expand(Long.compress(low0, 0x0080008000800080L) | Long.compress(high0, 0x0080008000800080L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x0080008000800080L) | Long.compress(high1, 0x0080008000800080L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x0080008000800080L) | Long.compress(high2, 0x0080008000800080L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x0080008000800080L) | Long.compress(high3, 0x0080008000800080L) << 4, 0x0808080808080808L);
    codes.set(CODES, upper + 56, pair14);
    long pair15 = Long.expand(Long.compress(low0, 0x8000800080008000L) | Long.compress(high0, 0x8000800080008000L) << 4, 0x0101010101010101L)
            | Long.expand(Long.compress(low1, 0x8000800080008000L) | Long.compress(high1, 0x8000800080008000L) << 4, 0x0202020202020202L)
            | Long.expand(Long.compress(low2, 0x8000800080008000L) | Long.compress(high2, 0x8000800080008000L) << 4, 0x0404040404040404L)
            | Long.expand(Long.compress(low3, 0x8000800080008000L) | Long.compress(high3, 0x8000800080008000L) << 4, 0x0808080808080808L);
    codes.set(CODES, lower + 56, pair15);
  }

  /**
   * Word {@code word} of lanes 0, 1 and of lanes 2, 3.
   */
  private static void store(MemorySegment packed, long lanes, int word, long low, long high) {
    long at = lanes + word % CELL_WORDS * 512L + word / CELL_WORDS * 4L;
    packed.set(WORD, at, (int) low);
    packed.set(WORD, at + 16, (int) (low >>> 32));
    packed.set(WORD, at + 32, (int) high);
    packed.set(WORD, at + 48, (int) (high >>> 32));
  }

  /**
   * Word {@code word} of two lanes.
   */
  private static long load(MemorySegment packed, long lanes, int word) {
    long at = lanes + word % CELL_WORDS * 512L + word / CELL_WORDS * 4L;
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
          return new IllegalArgumentException("w4_bipolar: code " + code + " at row " + r + ", column " + c + " stands for no weight");
        }
      }
    }
    throw new IllegalStateException("the codes changed while they were packed");
  }

  private static boolean isCode(int code) {
    return code < 16;
  }
}
