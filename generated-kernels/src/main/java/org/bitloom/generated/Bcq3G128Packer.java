package org.bitloom.generated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bitloom.runtime.api.CodePacker;

/**
 * Packs and unpacks the codes of {@code bcq3_g128}. Generated from
 * <pre>
 * format bcq3_g128 {
 *   element binary 3
 *   scale f16 per 128
 *   offset f16 per 128
 * }
 * </pre>
 * Where each bit lies:
 * <pre>
 * unit 16 x 256: 4 cell(s) of 16 x 64, 4 words a lane, 512 bytes; field = code ^ 0
 * 3 planes of these, one after the other; plane i holds bit i of every code
 * pair p = register p % 4 of fragment p &#47; 4; a: even k, b: odd k; 0 and 1 are neighbouring cells
 * words of plane 0; those of plane i are turned left by i % 3 bits
 * w0[31..16]  14b1 10b1  6b1  2b1 14b0 10b0  6b0  2b0 14a1 10a1  6a1  2a1 14a0 10a0  6a0  2a0
 * w0[15.. 0]  12b1  8b1  4b1  0b1 12b0  8b0  4b0  0b0 12a1  8a1  4a1  0a1 12a0  8a0  4a0  0a0
 * w1[31..16]  15b1 11b1  7b1  3b1 15b0 11b0  7b0  3b0 15a1 11a1  7a1  3a1 15a0 11a0  7a0  3a0
 * w1[15.. 0]  13b1  9b1  5b1  1b1 13b0  9b0  5b0  1b0 13a1  9a1  5a1  1a1 13a0  9a0  5a0  1a0
 * </pre>
 */
public final class Bcq3G128Packer implements CodePacker {
  private static final ValueLayout.OfLong CODES = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ROWS = 16;

  private static final int CELL_K = 64;

  private static final int UNIT_K = 256;

  private static final int UNIT_BYTES = 512;

  private static final int LANE_WORDS = 4;

  private static final int CELL_WORDS = 1;

  private static final byte PAD = (byte) 7;

  private static final int PLANES = 3;

  @Override
  public void pack(MemorySegment codes, int n, int k, MemorySegment packed, int firstTile,
      int endTile) {
    Objects.checkFromToIndex(firstTile, endTile, Math.ceilDiv(n, ROWS));
    int units = Math.ceilDiv(k, UNIT_K);
    long planeBytes = (long) Math.ceilDiv(n, ROWS) * units * UNIT_BYTES;
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
            bad = packPlanes(codes, (long) row * k + column, k, packed, at, planeBytes);
          } else {
            copyIn(codes, n, k, row, column, edge);
            bad = packPlanes(edge, 0, UNIT_K, packed, at, planeBytes);
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
    long planeBytes = (long) Math.ceilDiv(n, ROWS) * units * UNIT_BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment edge = arena.allocate((long) ROWS * UNIT_K, 8);
      for (int tile = firstTile; tile < endTile; tile++) {
        for (int unit = 0; unit < units; unit++) {
          int row = ROWS * tile;
          int column = UNIT_K * unit;
          long at = ((long) tile * units + unit) * UNIT_BYTES;
          boolean whole = row + ROWS <= n && column + UNIT_K <= k;
          if (whole) {
            unpackPlanes(codes, (long) row * k + column, k, packed, at, planeBytes);
          } else {
            unpackPlanes(edge, 0, UNIT_K, packed, at, planeBytes);
            copyOut(edge, n, k, row, column, codes);
          }
        }
      }
    }
  }

  /**
   * Packs one unit of every plane. Returns 0 unless a code is bad.
   */
  private static long packPlanes(MemorySegment codes, long start, long stride, MemorySegment packed,
      long at, long planeBytes) {
    long bad = 0;
    for (int plane = 0; plane < PLANES; plane++) {
      bad |= packUnit(codes, start, stride, packed, at + plane * planeBytes, 0x0101010101010101L << plane);
    }
    return bad;
  }

  /**
   * Unpacks one unit of every plane.
   */
  private static void unpackPlanes(MemorySegment codes, long start, long stride,
      MemorySegment packed, long at, long planeBytes) {
    for (int plane = 0; plane < PLANES; plane++) {
      unpackUnit(codes, start, stride, packed, at + plane * planeBytes, 0x0101010101010101L << plane);
    }
  }

  /**
   * Packs one unit. Returns 0 unless a code is bad.
   * Rows g and g + 8 of a cell belong to lanes 4g to 4g + 3, 16 bytes apart.
   */
  private static long packUnit(MemorySegment codes, long start, long stride, MemorySegment packed,
      long at, long plane) {
    long bad = 0;
    for (int word = 0; word < LANE_WORDS; word += CELL_WORDS) {
      long cell = start + (long) CELL_K * (word / CELL_WORDS);
      for (int g = 0; g < 8; g++) {
        bad |= packRows(codes, cell + g * stride, cell + (g + 8) * stride, packed, at + 64L * g, word, plane);
      }
    }
    share(packed, at, Long.numberOfTrailingZeros(plane) % 3);
    return bad;
  }

  /**
   * Unpacks one unit.
   * Rows g and g + 8 of a cell belong to lanes 4g to 4g + 3, 16 bytes apart.
   */
  private static void unpackUnit(MemorySegment codes, long start, long stride, MemorySegment packed,
      long at, long plane) {
    for (int word = 0; word < LANE_WORDS; word += CELL_WORDS) {
      long cell = start + (long) CELL_K * (word / CELL_WORDS);
      for (int g = 0; g < 8; g++) {
        unpackRows(codes, cell + g * stride, cell + (g + 8) * stride, packed, at + 64L * g, word, plane);
      }
    }
  }

  /**
   * Packs rows upper and lower of a cell. Returns 0 unless a code is bad.
   */
  private static long packRows(MemorySegment codes, long upper, long lower, MemorySegment packed,
      long lanes, int word, long plane) {
    // word 0 of the cell
    long pair0 = codes.get(CODES, upper);
    long bits0 = Long.compress(pair0, plane);
    long pair1 = codes.get(CODES, lower);
    long bits1 = Long.compress(pair1, plane);
    long pair2 = codes.get(CODES, upper + 8);
    long bits2 = Long.compress(pair2, plane);
    long pair3 = codes.get(CODES, lower + 8);
    long bits3 = Long.compress(pair3, plane);
    long pair4 = codes.get(CODES, upper + 16);
    long bits4 = Long.compress(pair4, plane);
    long pair5 = codes.get(CODES, lower + 16);
    long bits5 = Long.compress(pair5, plane);
    long pair6 = codes.get(CODES, upper + 24);
    long bits6 = Long.compress(pair6, plane);
    long pair7 = codes.get(CODES, lower + 24);
    long bits7 = Long.compress(pair7, plane);
    long pair8 = codes.get(CODES, upper + 32);
    long bits8 = Long.compress(pair8, plane);
    long pair9 = codes.get(CODES, lower + 32);
    long bits9 = Long.compress(pair9, plane);
    long pair10 = codes.get(CODES, upper + 40);
    long bits10 = Long.compress(pair10, plane);
    long pair11 = codes.get(CODES, lower + 40);
    long bits11 = Long.compress(pair11, plane);
    long pair12 = codes.get(CODES, upper + 48);
    long bits12 = Long.compress(pair12, plane);
    long pair13 = codes.get(CODES, lower + 48);
    long bits13 = Long.compress(pair13, plane);
    long pair14 = codes.get(CODES, upper + 56);
    long bits14 = Long.compress(pair14, plane);
    long pair15 = codes.get(CODES, lower + 56);
    long bits15 = Long.compress(pair15, plane);
    store(packed, lanes, word,
            Long.expand(bits0, 0x0000010100000101L)
                | Long.expand(bits1, 0x0000101000001010L)
                | Long.expand(bits2, 0x0101000001010000L)
                | Long.expand(bits3, 0x1010000010100000L)
                | Long.expand(bits4, 0x0000020200000202L)
                | Long.expand(bits5, 0x0000202000002020L)
                | Long.expand(bits6, 0x0202000002020000L)
                | Long.expand(bits7, 0x2020000020200000L)
                | Long.expand(bits8, 0x0000040400000404L)
                | Long.expand(bits9, 0x0000404000004040L)
                | Long.expand(bits10, 0x0404000004040000L)
                | Long.expand(bits11, 0x4040000040400000L)
                | Long.expand(bits12, 0x0000080800000808L)
                | Long.expand(bits13, 0x0000808000008080L)
                | Long.expand(bits14, 0x0808000008080000L)
                | Long.expand(bits15, 0x8080000080800000L),
            Long.expand(bits0 >>> 4, 0x0000010100000101L)
                | Long.expand(bits1 >>> 4, 0x0000101000001010L)
                | Long.expand(bits2 >>> 4, 0x0101000001010000L)
                | Long.expand(bits3 >>> 4, 0x1010000010100000L)
                | Long.expand(bits4 >>> 4, 0x0000020200000202L)
                | Long.expand(bits5 >>> 4, 0x0000202000002020L)
                | Long.expand(bits6 >>> 4, 0x0202000002020000L)
                | Long.expand(bits7 >>> 4, 0x2020000020200000L)
                | Long.expand(bits8 >>> 4, 0x0000040400000404L)
                | Long.expand(bits9 >>> 4, 0x0000404000004040L)
                | Long.expand(bits10 >>> 4, 0x0404000004040000L)
                | Long.expand(bits11 >>> 4, 0x4040000040400000L)
                | Long.expand(bits12 >>> 4, 0x0000080800000808L)
                | Long.expand(bits13 >>> 4, 0x0000808000008080L)
                | Long.expand(bits14 >>> 4, 0x0808000008080000L)
                | Long.expand(bits15 >>> 4, 0x8080000080800000L));
    long seen = pair0 | pair1 | pair2 | pair3 | pair4 | pair5 | pair6 | pair7
            | pair8 | pair9 | pair10 | pair11 | pair12 | pair13 | pair14 | pair15;
    return seen & 0xf8f8f8f8f8f8f8f8L;
  }

  /**
   * Unpacks rows upper and lower of a cell.
   */
  private static void unpackRows(MemorySegment codes, long upper, long lower, MemorySegment packed,
      long lanes, int word, long plane) {
    long before = plane == 0x0101010101010101L ? 0 : -1;
    int turn = Long.numberOfTrailingZeros(plane) % 3;
    long low0 = load(packed, lanes, word, turn);
    long high0 = load(packed, lanes + 32, word, turn);
    long pair0 = Long.expand(Long.compress(low0, 0x0000010100000101L) | Long.compress(high0, 0x0000010100000101L) << 4, plane);
    codes.set(CODES, upper, (codes.get(CODES, upper) & before) | pair0);
    long pair1 = Long.expand(Long.compress(low0, 0x0000101000001010L) | Long.compress(high0, 0x0000101000001010L) << 4, plane);
    codes.set(CODES, lower, (codes.get(CODES, lower) & before) | pair1);
    long pair2 = Long.expand(Long.compress(low0, 0x0101000001010000L) | Long.compress(high0, 0x0101000001010000L) << 4, plane);
    codes.set(CODES, upper + 8, (codes.get(CODES, upper + 8) & before) | pair2);
    long pair3 = Long.expand(Long.compress(low0, 0x1010000010100000L) | Long.compress(high0, 0x1010000010100000L) << 4, plane);
    codes.set(CODES, lower + 8, (codes.get(CODES, lower + 8) & before) | pair3);
    long pair4 = Long.expand(Long.compress(low0, 0x0000020200000202L) | Long.compress(high0, 0x0000020200000202L) << 4, plane);
    codes.set(CODES, upper + 16, (codes.get(CODES, upper + 16) & before) | pair4);
    long pair5 = Long.expand(Long.compress(low0, 0x0000202000002020L) | Long.compress(high0, 0x0000202000002020L) << 4, plane);
    codes.set(CODES, lower + 16, (codes.get(CODES, lower + 16) & before) | pair5);
    long pair6 = Long.expand(Long.compress(low0, 0x0202000002020000L) | Long.compress(high0, 0x0202000002020000L) << 4, plane);
    codes.set(CODES, upper + 24, (codes.get(CODES, upper + 24) & before) | pair6);
    long pair7 = Long.expand(Long.compress(low0, 0x2020000020200000L) | Long.compress(high0, 0x2020000020200000L) << 4, plane);
    codes.set(CODES, lower + 24, (codes.get(CODES, lower + 24) & before) | pair7);
    long pair8 = Long.expand(Long.compress(low0, 0x0000040400000404L) | Long.compress(high0, 0x0000040400000404L) << 4, plane);
    codes.set(CODES, upper + 32, (codes.get(CODES, upper + 32) & before) | pair8);
    long pair9 = Long.expand(Long.compress(low0, 0x0000404000004040L) | Long.compress(high0, 0x0000404000004040L) << 4, plane);
    codes.set(CODES, lower + 32, (codes.get(CODES, lower + 32) & before) | pair9);
    long pair10 = Long.expand(Long.compress(low0, 0x0404000004040000L) | Long.compress(high0, 0x0404000004040000L) << 4, plane);
    codes.set(CODES, upper + 40, (codes.get(CODES, upper + 40) & before) | pair10);
    long pair11 = Long.expand(Long.compress(low0, 0x4040000040400000L) | Long.compress(high0, 0x4040000040400000L) << 4, plane);
    codes.set(CODES, lower + 40, (codes.get(CODES, lower + 40) & before) | pair11);
    long pair12 = Long.expand(Long.compress(low0, 0x0000080800000808L) | Long.compress(high0, 0x0000080800000808L) << 4, plane);
    codes.set(CODES, upper + 48, (codes.get(CODES, upper + 48) & before) | pair12);
    long pair13 = Long.expand(Long.compress(low0, 0x0000808000008080L) | Long.compress(high0, 0x0000808000008080L) << 4, plane);
    codes.set(CODES, lower + 48, (codes.get(CODES, lower + 48) & before) | pair13);
    long pair14 = Long.expand(Long.compress(low0, 0x0808000008080000L) | Long.compress(high0, 0x0808000008080000L) << 4, plane);
    codes.set(CODES, upper + 56, (codes.get(CODES, upper + 56) & before) | pair14);
    long pair15 = Long.expand(Long.compress(low0, 0x8080000080800000L) | Long.compress(high0, 0x8080000080800000L) << 4, plane);
    codes.set(CODES, lower + 56, (codes.get(CODES, lower + 56) & before) | pair15);
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
  private static long load(MemorySegment packed, long lanes, int word, int turn) {
    long at = lanes + (word / 2 * 2) * 4L;
    int cell = word % 2;
    return cellWord(packed, at, cell, turn) | cellWord(packed, at + 16, cell, turn) << 32;
  }

  /**
   * Words of cells become words of rows: two neighbours exchange half bytes and are turned left.
   */
  private static void share(MemorySegment packed, long at, int turn) {
    for (long lane = at; lane < at + UNIT_BYTES; lane += 8) {
      packed.set(CODES, lane, turned(exchanged(packed.get(CODES, lane)), turn));
    }
  }

  /**
   * The first or the second of the words of cells at {@code at}.
   */
  private static long cellWord(MemorySegment packed, long at, int second, int turn) {
    return exchanged(turned(packed.get(CODES, at), -turn)) >>> 32 * second & 0xffff_ffffL;
  }

  /**
   * Both words turned left.
   */
  private static long turned(long words, int bits) {
    return Integer.toUnsignedLong(Integer.rotateLeft((int) words, bits))
        | (long) Integer.rotateLeft((int) (words >>> 32), bits) << 32;
  }

  /**
   * The second half bytes of the first word change places with the first ones of the second.
   */
  private static long exchanged(long words) {
    return words & 0xf0f0f0f00f0f0f0fL
        | (words & 0x00000000f0f0f0f0L) << 28
        | (words & 0x0f0f0f0f00000000L) >>> 28;
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
          return new IllegalArgumentException("bcq3_g128: code " + code + " at row " + r + ", column " + c + " stands for no weight");
        }
      }
    }
    throw new IllegalStateException("the codes changed while they were packed");
  }

  private static boolean isCode(int code) {
    return code < 8;
  }
}
