package org.bitloom.codegen.layout;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.Codec.BipolarCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.TernaryCodec;
import org.bitloom.dsl.model.Codec.UintCodec;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.LayoutInfo.RowSums;

/**
 * Where every bit of a packed format lies. A cell is 16 rows x 64 columns (n x k); a lane of a warp holds 16 pairs of it in
 * {@code bits} words, at bits that {@link #placement} gives. A unit is {@link #cells} cells side by side along k, so that a
 * lane holds a multiple of 16 bytes, stored {@code [words / 4][32 lanes][4 words]}.
 *
 * <p>Of bipolar integers each word of a cell holds one bit of all codes, so that planes are operands of 1-bit MMAs. A lane's
 * words of one plane are neighbours, so that a plane of a unit can be copied alone.
 *
 * <p>Binary-coded weights lie plane by plane: all units of plane 0, then all of plane 1, and so on, each laid out as a format
 * of 1-bit codes whose words pair up, as {@link SignLayout} says.
 *
 * @param bits bits of a field: of a code, or of a code's part in one plane
 * @param flip a stored field is the code, or its part, {@code ^ flip}
 * @param cells cells of a unit
 * @param planes parts of a code that lie in sections of their own; bit i of a code is bit {@code i % bits} in plane
 *     {@code i / bits}
 * @param words what a lane's words are
 */
public record WeightLayout(int bits, int flip, Placement placement, int cells, int planes, Words words) {
  private static final int CHUNK_WORDS = 4;

  public WeightLayout {
    if (placement.bits() != bits || cells * bits % CHUNK_WORDS != 0 || flip < 0 || flip >= 1 << bits || planes < 1
        || planes * bits > 8 || words == Words.OF_ROWS && bits != 1) {
      throw new IllegalArgumentException(
          "no layout: " + bits + " bits, flip " + flip + ", " + cells + " cells, " + planes + " planes");
    }
  }

  /** A layout in which codes lie whole. */
  public WeightLayout(int bits, int flip, Placement placement, int cells) {
    this(bits, flip, placement, cells, 1, Words.OF_CELLS);
  }

  /** Whether words have the signs of a row of two cells. */
  public boolean ofRows() {
    return words == Words.OF_ROWS;
  }

  /** What a lane's words are. */
  public enum Words {
    /** Each belongs to one cell. */
    OF_CELLS,
    /** Each has the signs of one row of two neighbouring cells, turned in each plane as {@link SignLayout} says. */
    OF_ROWS
  }

  /** The layout of a format. */
  public static WeightLayout of(Codec codec) {
    if (codec instanceof BinaryCodec binary) {
      return new WeightLayout(1, SignLayout.FLIP, SignLayout.placement(), CHUNK_WORDS, binary.planes(), Words.OF_ROWS);
    }
    if (codec instanceof BipolarCodec bipolar) {
      return new WeightLayout(bipolar.bits(), 0, PlaneLayout.placement(bipolar.bits()), CHUNK_WORDS);
    }
    return new WeightLayout(codec.bits(), Decode.flip(codec), placement(codec),
        CHUNK_WORDS / greatestCommonDivisor(codec.bits(), CHUNK_WORDS));
  }

  private static Placement placement(Codec codec) {
    return switch (codec) {
      case IntCodec _,UintCodec _,TernaryCodec _ when StackedPlacement.fits(codec.bits()) ->
        StackedPlacement.placement(codec.bits());
      default -> PlacementSearch.search(Decode.patterns(codec, ActivationType.F16),
          Decode.patterns(codec, ActivationType.BF16));
    };
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** How the words of a lane follow each other in a unit. */
  public enum WordOrder {
    /** All words of a cell, then those of the next. */
    BY_CELL,
    /** The words that hold one plane of all cells, then those of the next plane. */
    BY_PLANE
  }

  /** The order of a lane's words. */
  public WordOrder wordOrder() {
    return isPlanes() ? WordOrder.BY_PLANE : WordOrder.BY_CELL;
  }

  /** Whether every word of a cell holds one bit of all its codes, as {@link PlaneLayout} says. */
  public boolean isPlanes() {
    return planes == 1 && flip == 0 && placement.equals(PlaneLayout.placement(bits));
  }

  /**
   * Where bit {@code place} of the words of cell {@code cell} that {@link #placement} gives lies in a lane of plane {@code plane}:
   * 32 * word + bit of the word, words counted cell by cell.
   */
  int laneBit(int plane, int cell, int place) {
    return switch (words) {
      case OF_CELLS -> 32 * cell * bits + place;
      case OF_ROWS -> SignLayout.place(plane, cell, place);
    };
  }

  /** Planes whose units differ in where bits lie. */
  int unlikePlanes() {
    return ofRows() ? Math.min(planes, SignLayout.TURNS) : 1;
  }

  /** Words of a lane from one word of a cell to the next: 1, or where words are planes the cells of a unit. */
  public int wordStride() {
    return isPlanes() ? cells : 1;
  }

  /** Columns (k) of a unit. */
  public int unitK() {
    return FragmentA.COLUMNS * cells;
  }

  /** Bits of a code. */
  public int codeBits() {
    return planes * bits;
  }

  /** A code with the fields of all its parts flipped is {@code code ^ codeFlip()}. */
  public int codeFlip() {
    int all = 0;
    for (int plane = 0; plane < planes; plane++) {
      all |= flip << (plane * bits);
    }
    return all;
  }

  /** Bytes of a unit, in each plane. */
  public int unitBytes() {
    return FragmentA.ROWS * unitK() * bits / 8;
  }

  /** 32-bit words that a lane holds of a unit. */
  public int laneWords() {
    return cells * bits;
  }

  /** Byte in the unit where word {@code word} of lane {@code lane} starts; words are counted cell by cell. */
  public int wordByte(int lane, int word) {
    int place = switch (wordOrder()) {
      case BY_CELL -> word;
      case BY_PLANE -> word % bits * cells + word / bits;
    };
    return (place / CHUNK_WORDS * FragmentA.LANES + lane) * CHUNK_WORDS * 4 + place % CHUNK_WORDS * 4;
  }

  /**
   * The 16 extracts of a cell from its {@code bits} words; extract 4f + r gives register r of the A fragment of columns 16f
   * to 16f + 15.
   */
  public List<Extract> extracts(Decode decode) {
    return IntStream.range(0, Placement.PAIRS).mapToObj(pair -> Extract.of(placement, pair, decode.pattern(pair)))
        .toList();
  }

  /** The 16 extracts of a cell that all give {@code pattern}. */
  public List<Extract> extracts(TargetPattern pattern) {
    return IntStream.range(0, Placement.PAIRS).mapToObj(pair -> Extract.of(placement, pair, pattern)).toList();
  }

  /** What the runtime knows of this layout; the id changes when any bit moves. */
  public LayoutInfo info() {
    return new LayoutInfo(unitK(), (planes == 1 ? "a16x16-v1-" : planes + "xa16x16-v1-") + digest(),
        isPlanes() ? RowSums.STORED : RowSums.NONE);
  }

  private String digest() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest((flip + " " + placement.places() + (ofRows() ? " " + words : ""))
              .getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The bit table: for each word, from bit 31 down, pair, half (a for even k, b for odd), and bit of the field or cell. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add("unit 16 x %s: %s cell(s) of 16 x 64, %s words a lane, %s bytes; field = code ^ %s".formatted(unitK(),
        cells, laneWords(), unitBytes(), flip));
    if (planes > 1) {
      lines.add("%s planes of these, one after the other; plane i holds bit i of every code".formatted(planes));
    }
    lines.add("pair p = register p % 4 of fragment p / 4; a: even k, b: odd k; " + switch (words) {
      case OF_CELLS -> "bit 0 is the lowest";
      case OF_ROWS -> "0 and 1 are neighbouring cells";
    });
    if (ofRows()) {
      lines.add("words of plane 0; those of plane i are turned left by i %% %s bits".formatted(SignLayout.TURNS));
    }
    List<String> names = names();
    for (int word = 0; word < names.size() / 32; word++) {
      for (int high = 31; high > 0; high -= 16) {
        StringBuilder line = new StringBuilder("w%s[%2s..%2s] ".formatted(word, high, high - 15));
        for (int bit = high; bit > high - 16; bit--) {
          line.append(" %4s".formatted(names.get(32 * word + bit)));
        }
        lines.add(line.toString());
      }
    }
    return String.join("\n", lines);
  }

  /** What the bits of the words of a cell are, or of two cells where their words share rows out. */
  private List<String> names() {
    int shared = ofRows() ? SignLayout.CELLS : 1;
    String[] names = new String[32 * bits * shared];
    for (int cell = 0; cell < shared; cell++) {
      for (int pair = 0; pair < Placement.PAIRS; pair++) {
        for (int half = 0; half < 2; half++) {
          for (int bit = 0; bit < bits; bit++) {
            names[laneBit(0, cell, placement.place(pair, half, bit))] = pair + (half == 0 ? "a" : "b") + (bit + cell);
          }
        }
      }
    }
    return List.of(names);
  }
}
