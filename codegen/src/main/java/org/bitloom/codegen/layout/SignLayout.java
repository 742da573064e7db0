package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the signs of one plane of binary-coded weights lie; a field is 1 for +1. Its freedom, which pair of columns of a lane's
 * word lies where, serves four readers at once. In byte {@code e + 2h} of a word of a 16 x 64 cell, bits 0 to 3 are row g and
 * bits 4 to 7 row g + 8 of fragment f = 0 to 3, column {@code 16f + 2 * (lane % 4) + 8h + e}. So the bytes of a half word are the
 * two columns of a register of an f16 fragment, in the order in which a permutation of bytes looks their levels up; a word moved
 * by {@link #byteShift} has the four columns of fragment f and row g as bytes, 0 or a power of two, under {@link #upperBytes},
 * which is how operand A of an 8-bit MMA takes them, and those of row g + 8 under {@link #lowerBytes}; its bytes in the order
 * {@link #BYTES_BY_HALF} and moved by {@link #pairShift}, it has the two columns of a register as the signs of its halves under
 * {@link #SIGNS}, or as the numbers 0 and 2 under {@link #TWOS}; and each half byte is the key of a table of sums.
 */
public final class SignLayout {
  /** Fragments of 16 columns of a word. */
  public static final int FRAGMENTS = 4;
  /** Registers of an A fragment; bit 0 of their number is 1 in row g + 8, bit 1 in the upper half of the columns. */
  public static final int REGISTERS = 4;
  /** The signs of two f16 numbers. */
  public static final int SIGNS = 0x80008000;
  /** Two f16 numbers, 2 where the bit is set and else 0: the highest bit of the exponent, which is biased by 15. */
  public static final int TWOS = SIGNS >>> 1;

  /** Bits between a sign of a fragment and that of the next fragment, in the same column of theirs. */
  public static final int FRAGMENT_SHIFT = 1;
  /** Bits between a sign of row g and that of row g + 8 in the same column. */
  public static final int ROW_SHIFT = 4;
  /** The signs of row g in a word; those of row g + 8 are the others. */
  public static final int UPPER_ROWS = 0x0f0f0f0f;
  /** The signs of fragments 0 and 2 in a word; those of fragments 1 and 3 are the others. */
  public static final int EVEN_FRAGMENTS = signs(0) | signs(2);
  /** The signs of fragments 0 and 1 in a word; turned left by f bits, those of fragment f and the bits after them. */
  public static final int TWO_FRAGMENTS = signs(0) | signs(1);
  /** Orders the bytes of a word so that the two columns of a register of a fragment are a half word apart (PTX ISA, prmt). */
  public static final int BYTES_BY_HALF = 0x3120;

  /** Four bytes of eight: the lower bytes of the halves of one word, those of a column and its odd neighbour, then of another. */
  public static final int LOWER_BYTES = 0x6420;
  /** The upper bytes in the same order. */
  public static final int UPPER_BYTES = 0x7531;

  /** A plane's stored field is {@code code ^ FLIP}. */
  static final int FLIP = 0;

  private static final int UPPER_COLUMNS = 16;
  private static final int ODD_COLUMN = 8;
  private static final int BYTE = 8;
  private static final int HALF_WORD = 16;

  private SignLayout() {
  }

  /** Bits to the left that bring the columns of {@code fragment} under its masks of bytes: two neighbours share them. */
  public static int byteShift(int fragment) {
    return FRAGMENTS - 1 - (fragment | 1);
  }

  /** Rows g of {@code fragment} in the bytes of a moved word: 8 in odd fragments, and 4 in even ones. */
  public static int upperBytes(int fragment) {
    return bytes(fragment, 0);
  }

  /** Rows g + 8 of {@code fragment} in the bytes of a moved word: 128 in odd fragments, and 64 in even ones. */
  public static int lowerBytes(int fragment) {
    return bytes(fragment, 1);
  }

  /**
   * Bits to the left that bring register {@code register} of {@code fragment} under {@link #SIGNS}, if its number is odd, or
   * under {@link #TWOS}, of a word whose bytes are ordered by halves: two neighbouring fragments share them.
   */
  public static int pairShift(int fragment, int register) {
    return signShift(fragment | 1, register);
  }

  /** Bits to the left that bring register {@code register} of {@code fragment} under {@link #SIGNS}, of a word ordered so. */
  public static int signShift(int fragment, int register) {
    return HALF_WORD - 1 - (BYTE * (register >> 1) + bitOfByte(fragment, register));
  }

  /**
   * Bits to the right that bring the signs of {@code fragment}, or of the even one before it, to the lowest of each byte, in row g
   * if {@code row} is 0 and in row g + 8 if it is 1: an expression of CUDA text.
   */
  public static String evenFragmentShift(String fragment, String row) {
    return "%1$s / 2 * 2 + %2$d * %3$s".formatted(fragment, ROW_SHIFT, row);
  }

  /** Whether byte {@code i} of a word has columns of the upper eight, 1 or 0: an expression of CUDA text. */
  public static String upperOfByte(String i) {
    return i + " / 2";
  }

  /** Whether byte {@code i} of a word has an odd column, 1 or 0: an expression of CUDA text. */
  public static String oddOfByte(String i) {
    return i + " % 2";
  }

  /** Pair 4f + r, r as registers of an A fragment count. */
  static Placement placement() {
    List<Integer> places = new ArrayList<>();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      int even = even(pair / REGISTERS, pair % REGISTERS);
      places.add(even);
      places.add(even + ODD_COLUMN);
    }
    return new Placement(1, places);
  }

  /**
   * Where the cells of two words, moved so that half bytes alternate, have the even feature of pair {@code i} of 16, from a lane's
   * first: an expression of CUDA text.
   */
  public static String featureOfPair(String i) {
    return "%1$s / 8 * 8 + %1$s / %2$d %% 2 * 64 + %1$s %% %2$d * 16".formatted(i, FRAGMENTS);
  }

  /** The bit of the even column of a register. */
  private static int even(int fragment, int register) {
    return UPPER_COLUMNS * (register >> 1) + bitOfByte(fragment, register);
  }

  private static int bitOfByte(int fragment, int register) {
    return ROW_SHIFT * (register & 1) + FRAGMENT_SHIFT * fragment;
  }

  private static int signs(int fragment) {
    return IntStream.range(0, REGISTERS)
        .map(register -> columns(even(fragment, register)))
        .reduce(0, (a, b) -> a | b);
  }

  private static int bytes(int fragment, int row) {
    int mask = 0;
    for (int half = 0; half < 2; half++) {
      mask |= columns(even(fragment, row + 2 * half) + byteShift(fragment));
    }
    return mask;
  }

  /** The bit of an even column and that of the odd one beside it. */
  private static int columns(int even) {
    return 1 << even | 1 << (even + ODD_COLUMN);
  }
}
