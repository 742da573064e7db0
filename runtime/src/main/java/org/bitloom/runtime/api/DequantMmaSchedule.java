package org.bitloom.runtime.api;

import java.util.List;
import java.util.stream.Stream;

/**
 * How a dequant-mma kernel runs: a thread block has {@code warpsN x warpsK} warps; each warp owns {@code rowTiles} tiles of 16
 * output features and {@code batchTiles} tiles of 8 batch columns, and every {@code warpsK}-th stage of
 * {@code unitsPerStage} packing units along k, with {@code stages} stages in flight; {@code splitK} thread blocks share the k
 * of one output tile; registers are bounded so that {@code blocks} thread blocks fit a multiprocessor together. A block owns
 * {@code blockTiles} tiles of 16 output features: where these are fewer than {@code warpsN x rowTiles}, some warps own one less.
 * Prints as {@code dequant-mma.n1.k8.r2.b1.u1.s4.x2.o1}, with {@code .t7} behind it if some warps own less.
 */
public record DequantMmaSchedule(int warpsN, int warpsK, int rowTiles, int batchTiles, int unitsPerStage, int stages,
    int splitK, int blocks, int blockTiles) implements Schedule {
  /** The family of these schedules. */
  public static final String FAMILY = "dequant-mma";

  private static final ScheduleText EVEN = new ScheduleText(FAMILY, "n", "k", "r", "b", "u", "s", "x", "o");
  private static final ScheduleText UNEVEN = new ScheduleText(FAMILY, "n", "k", "r", "b", "u", "s", "x", "o", "t");

  public DequantMmaSchedule {
    ScheduleText.requireNumbers(warpsN, warpsK, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks,
        blockTiles);
    int all = warpsN * rowTiles;
    if (blockTiles > all || (blockTiles < all && (blockTiles <= all - warpsN || rowTiles == 1))) {
      throw new IllegalArgumentException(
          blockTiles + " tiles of a block, of which " + warpsN + " warps own " + rowTiles + " each, or one less");
    }
  }

  /** A schedule all of whose warps own as many tiles. */
  public DequantMmaSchedule(int warpsN, int warpsK, int rowTiles, int batchTiles, int unitsPerStage, int stages,
      int splitK, int blocks) {
    this(warpsN, warpsK, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks, warpsN * rowTiles);
  }

  /** Parses what {@link #toString()} printed. */
  static DequantMmaSchedule parsed(String text) {
    boolean uneven = text.contains(".t");
    List<Integer> v = (uneven ? UNEVEN : EVEN).parse(text);
    int tiles = uneven ? v.get(8) : v.get(0) * v.get(2);
    return new DequantMmaSchedule(v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), v.get(5), v.get(6), v.get(7),
        tiles);
  }

  /** Warps of each k-group that own one tile less than the others. */
  int shortWarps() {
    return warpsN * rowTiles - blockTiles;
  }

  @Override
  public String family() {
    return FAMILY;
  }

  /** The last is not {@code blockTiles} but how many that leaves out, so that even schedules differ in nothing more. */
  @Override
  public List<Integer> numbers() {
    return List.of(warpsN, warpsK, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks, shortWarps());
  }

  /** Threads of a block. */
  public int threads() {
    return 32 * warpsN * warpsK;
  }

  @Override
  public int rows() {
    return 16 * blockTiles;
  }

  @Override
  public int batch() {
    return 8 * batchTiles;
  }

  @Override
  public int unitsPerRound() {
    return unitsPerStage * warpsK * splitK;
  }

  /** Split-K is a launch parameter and has no macro. */
  @Override
  public List<String> defines() {
    List<String> defines = List.of("-DWARPS_N=" + warpsN, "-DWARPS_K=" + warpsK, "-DROW_TILES=" + rowTiles,
        "-DBATCH_TILES=" + batchTiles, "-DUNITS_PER_STAGE=" + unitsPerStage, "-DSTAGES=" + stages,
        "-DBLOCKS=" + blocks);
    return shortWarps() == 0
        ? defines
        : Stream.concat(defines.stream(), Stream.of("-DBLOCK_TILES=" + blockTiles)).toList();
  }

  @Override
  public String toString() {
    List<Integer> printed = List.of(warpsN, warpsK, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks,
        blockTiles);
    return (shortWarps() == 0 ? EVEN : UNEVEN).print(printed);
  }
}
