package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the signs of one plane of binary-coded weights lie; a field is 1 for +1. Its freedom, which sign lies where in a lane's
 * words of two neighbouring 16 x 64 cells, serves all its readers at once. The first word has row g of both cells and the second
 * one row g + 8. In byte {@code e + 2h} of a word, bits 0 to 3 are fragments f = 0 to 3 of the first cell and bits 4 to 7 those
 * of the second, column {@code 16f + 2 * (lane % 4) + 8h + e}. In plane p the word is then turned left by p % 3 bits, so that
 * signs of three planes lie side by side without a shift.
 *
 * <p>So the two words, turned back, are an operand of 128 features of a 1-bit MMA; the bytes of a half word are the two columns
 * of a register of an f16 fragment, in the order in which a permutation of bytes looks their levels up; a word turned by
 * {@link #byteTurn} has the four columns of fragment f of a cell as bytes, 0 or a power of two, under {@link #upperBytes} or
 * {@link #lowerBytes}, which is how operand A of an 8-bit MMA takes them; its bytes in the order {@link #BYTES_BY_HALF} and moved
 * by {@link #pairShift}, it has the two columns of a register as the signs of its halves under {@link #SIGNS}, or as the numbers 0
 * and 2 under {@link #TWOS}; and each half byte is the key of a table of sums.
 */
public final class SignLayout {
  private static final int CELL_SHIFT = 4;

  /** Fragments of 16 columns of a cell. */
  public static final int FRAGMENTS = 4;
  /** Registers of an A fragment; bit 0 of their number is 1 in row g + 8, bit 1 in the upper half of the columns. */
  public static final int REGISTERS = 4;
  /** Neighbouring cells whose words share rows out. */
  public static final int CELLS = 2;
  /** Words of plane p are turned left by p % TURNS bits. */
  public static final int TURNS = 3;
  /** The signs of two f16 numbers. */
  public static final int SIGNS = 0x80008000;
  /** Two f16 numbers, 2 where the bit is set and else 0: the highest bit of the exponent, which is biased by 15. */
  public static final int TWOS = SIGNS >>> 1;

  /** The signs of the first cell in a word that is turned back; those of the second one are the others. */
  public static final int FIRST_CELL = 0x0f0f0f0f;
  /** The signs of fragments 0 and 2 of both cells; turned left by a bit, those of fragments 1 and 3. */
  public static final int EVEN_FRAGMENTS = signs(0) | signs(2);
  /** The signs of fragments 0 and 1 of both cells; turned left by f bits, those of fragment f and the bits after them. */
  public static final int TWO_FRAGMENTS = signs(0) | signs(1);
  /** Orders the bytes of a word so that the two columns of a register of a fragment are a half word apart (PTX ISA, prmt). */
  public static final int BYTES_BY_HALF = 0x3120;

  /** Four bytes of eight: the lower bytes of the halves of one word, those of a column and its odd neighbour, then of another. */
  public static final int LOWER_BYTES = 0x6420;
  /** The upper bytes in the same order. */
  public static final int UPPER_BYTES = 0x7531;

  /** Bits over which half bytes change places where words of two cells, in 64 bits, become words of two rows. */
  public static final int EXCHANGE = Integer.SIZE - CELL_SHIFT;

  /** A plane's stored field is {@code code ^ FLIP}. */
  static final int FLIP = 0;

  private static final int FRAGMENT_SHIFT = 1;
  private static final int UPPER_COLUMNS = 16;
  private static final int ODD_COLUMN = 8;
  private static final int BYTE = 8;
  private static final int HALF_WORD = 16;
  private static final int WORD = 32;
  /** The highest bits of bytes that have signs of rows g and g + 8. */
  private static final List<Integer> TOP_OF_BYTE = List.of(BYTE / 2 - 1, BYTE - 1);

  private SignLayout() {
  }

  /**
   * Bits by which a word of plane 0 is turned right, so that the columns of {@code fragment} lie under its masks of bytes: two
   * neighbours share them. An expression of CUDA text.
   *
   * @param cell 0 or 1, of the two whose words share rows out
   * @param row 0 for row g and 1 for row g + 8
   */
  public static String byteTurn(String cell, String fragment, String row) {
    return "%s * (%s) + (%s | 1) - (%s == 0 ? %s : %s)".formatted(CELL_SHIFT, cell, fragment, row,
        TOP_OF_BYTE.getFirst(),
        TOP_OF_BYTE.getLast());
  }

  /** Rows g of {@code fragment} in the bytes of a turned word: 8 in odd fragments, and 4 in even ones. */
  public static int upperBytes(int fragment) {
    return bytes(fragment, 0);
  }

  /** Rows g + 8 of {@code fragment} in the bytes of a turned word: 128 in odd fragments, and 64 in even ones. */
  public static int lowerBytes(int fragment) {
    return bytes(fragment, 1);
  }

  /**
   * Bits to the left that bring register {@code register} of {@code fragment} of cell 0 or 1 under {@link #SIGNS}, if its number
   * is odd, or under {@link #TWOS}, of a word that is turned back and whose bytes are ordered by halves: two neighbouring fragments
   * share them. The word is that of the register's row.
   */
  public static int pairShift(int cell, int fragment, int register) {
    return signShift(cell, fragment | 1, register);
  }

  /** Bits to the left that bring register {@code register} of {@code fragment} under {@link #SIGNS}, of a word ordered so. */
  public static int signShift(int cell, int fragment, int register) {
    return HALF_WORD - 1 - (BYTE * (register >> 1) + bitOfByte(cell, fragment));
  }

  /** Which of two words has the rows of a register, an expression of CUDA text. */
  public static String wordOfRegister(String register) {
    return register + " % 2";
  }

  /**
   * Bits to the right that bring the signs of {@code fragment}, or of the even one before it, of cell 0 or 1 to the lowest of each
   * byte: an expression of CUDA text.
   */
  public static String evenFragmentShift(String fragment, String cell) {
    return "%1$s / 2 * 2 + %2$s * %3$s".formatted(fragment, CELL_SHIFT, cell);
  }

  /** Bits by which the signs of odd fragments lie above those of the even ones before them, of even ones 0. CUDA text. */
  public static String oddFragmentShift(String fragment) {
    return fragment + " % 2";
  }

  /** Whether a number of two bits that is moved right by {@code bits} has its upper one in the next byte. CUDA text. */
  public static String numberGoesAround(String bits, String fragment) {
    return "%s + %s + 1 == %s".formatted(bits, oddFragmentShift(fragment), BYTE);
  }

  /** The first of the two words that have cell {@code cell}, or of those that word {@code cell} is one of. CUDA text. */
  public static String firstWordOfCell(String cell) {
    return "%1$s / %2$s * %2$s".formatted(cell, CELLS);
  }

  /** Which of the two cells of its words a cell, or a half byte of a word, is. CUDA text. */
  public static String cellOfWords(String cell) {
    return "%s %% %s".formatted(cell, CELLS);
  }

  /** Whether byte {@code i} of a word has columns of the upper eight, 1 or 0: an expression of CUDA text. */
  public static String upperOfByte(String i) {
    return i + " / 2";
  }

  /** Whether byte {@code i} of a word has an odd column, 1 or 0: an expression of CUDA text. */
  public static String oddOfByte(String i) {
    return i + " % 2";
  }

  /** Pair 4f + r of a cell, r as registers of an A fragment count, where half bytes of a word are rows and not yet cells. */
  static Placement placement() {
    List<Integer> places = new ArrayList<>();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      int register = pair % REGISTERS;
      int even = even(register & 1, pair / REGISTERS, register);
      places.add(even);
      places.add(even + ODD_COLUMN);
    }
    return new Placement(1, places);
  }

  /** Where bit {@code bit} of the word that {@link #placement} gives cell {@code cell} lies: 32 * word + bit, in plane {@code plane}. */
  static int place(int plane, int cell, int bit) {
    int row = bit / CELL_SHIFT % CELLS;
    int moved = bit + CELL_SHIFT * (cell % CELLS - row);
    return WORD * (cell / CELLS * CELLS + row) + (moved + plane % TURNS) % WORD;
  }

  /**
   * Where two words that are turned back have the even feature of pair {@code i} of 16, from a lane's first: an expression of CUDA
   * text.
   */
  public static String featureOfPair(String i) {
    return "%1$s / 8 * 8 + %1$s / %2$s %% 2 * 64 + %1$s %% %2$s * 16".formatted(i, FRAGMENTS);
  }

  /** The bit of the even column of a register. */
  private static int even(int cell, int fragment, int register) {
    return UPPER_COLUMNS * (register >> 1) + bitOfByte(cell, fragment);
  }

  private static int bitOfByte(int cell, int fragment) {
    return CELL_SHIFT * cell + FRAGMENT_SHIFT * fragment;
  }

  private static int signs(int fragment) {
    return IntStream.range(0, CELLS * REGISTERS)
        .map(i -> columns(even(i / REGISTERS, fragment, i % REGISTERS)))
        .reduce(0, (a, b) -> a | b);
  }

  private static int bytes(int fragment, int row) {
    int bit = TOP_OF_BYTE.get(row) - (1 - fragment % 2) * FRAGMENT_SHIFT;
    return columns(bit) | columns(bit + UPPER_COLUMNS);
  }

  /** The bit of an even column and that of the odd one beside it. */
  private static int columns(int even) {
    return 1 << even | 1 << (even + ODD_COLUMN);
  }
}
