package org.bitloom.runtime.api;

import java.util.List;

/**
 * How a kernel of binary-coded weights runs: a thread block has {@code warpsN x warpsK} warps; each warp owns {@code rowTiles}
 * tiles of 16 output features and every {@code warpsK}-th packing unit along k, with {@code stages} units in flight. A block
 * takes {@code batchTiles} tiles of batch columns and prepares {@code window} units x columns of activations at a time;
 * {@code blocksN} thread blocks share the output features evenly and work off their rows one block of rows after another; {@code splitK}
 * thread blocks share the k of one output tile; registers are bounded so that {@code blocks} thread blocks fit a multiprocessor
 * together. Prints as {@code digit-mma.n1.k16.r2.b2.w16.s3.g132.x1.o1}.
 */
public record SignSchedule(SignFamily signs, int warpsN, int warpsK, int rowTiles, int batchTiles, int window,
    int stages,
    int blocksN, int splitK, int blocks) implements Schedule {
  public SignSchedule {
    ScheduleText.requireNumbers(warpsN, warpsK, rowTiles, batchTiles, window, stages, splitK, blocks);
    ScheduleText.requireBlocks(blocksN);
  }

  private static ScheduleText text(SignFamily signs) {
    return new ScheduleText(signs.title(), "n", "k", "r", "b", "w", "s", "g", "x", "o");
  }

  static SignSchedule parse(SignFamily signs, String text) {
    List<Integer> v = text(signs).parse(text);
    return new SignSchedule(signs, v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), v.get(5), v.get(6), v.get(7),
        v.get(8));
  }

  @Override
  public String family() {
    return signs.title();
  }

  @Override
  public List<Integer> numbers() {
    return List.of(warpsN, warpsK, rowTiles, batchTiles, window, stages, blocksN, splitK, blocks);
  }

  /** Warps of a block. */
  public int warps() {
    return warpsN * warpsK;
  }

  /** Threads of a block. */
  public int threads() {
    return 32 * warps();
  }

  /** Output features of one turn of a block. */
  @Override
  public int rows() {
    return LayoutInfo.TILE_ROWS * rowTiles * warpsN;
  }

  @Override
  public int batch() {
    return signs.tileColumns() * batchTiles;
  }

  @Override
  public int unitsPerRound() {
    return warpsK * splitK;
  }

  /** Blocks along n and split-K are launch parameters and have no macros. */
  @Override
  public List<String> defines() {
    return List.of("-DWARPS_N=" + warpsN, "-DWARPS_K=" + warpsK, "-DROW_TILES=" + rowTiles,
        "-DBATCH_TILES=" + batchTiles, "-DWINDOW=" + window, "-DSTAGES=" + stages, "-DBLOCKS=" + blocks);
  }

  @Override
  public String toString() {
    return text(signs).print(numbers());
  }
}
