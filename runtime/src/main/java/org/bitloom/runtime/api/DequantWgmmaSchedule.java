package org.bitloom.runtime.api;

import java.util.List;

/**
 * How a dequant-wgmma kernel runs: a thread block has {@code warpgroups} warpgroups that multiply, and one that copies for them;
 * each owns up to {@code rowTiles} tiles of 64 output features and {@code batchTiles} tiles of 8 batch columns at a time;
 * {@code stages} pipeline stages of {@code unitsPerStage} packing units along k are in flight; {@code splitK} thread blocks, a
 * cluster, share the k of one output tile; {@code blocksN} thread blocks or clusters share the output features evenly and go along k
 * as often as that takes, clusters once; registers are bounded so that {@code blocks} thread blocks fit a multiprocessor together. Prints as {@code dequant-wgmma.w4.r2.b8.u1.s3.x1.g128.o1}.
 */
public record DequantWgmmaSchedule(int warpgroups, int rowTiles, int batchTiles, int unitsPerStage, int stages,
    int splitK, int blocksN, int blocks) implements Schedule {
  /** The family of these schedules. */
  public static final String FAMILY = "dequant-wgmma";
  /** Output features of one product of a warpgroup. */
  static final int TILE_ROWS = 64;

  static final ScheduleText TEXT = new ScheduleText(FAMILY, "w", "r", "b", "u", "s", "x", "g", "o");

  public DequantWgmmaSchedule {
    ScheduleText.requireNumbers(warpgroups, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks);
    ScheduleText.requireBlocks(blocksN);
  }

  static DequantWgmmaSchedule of(List<Integer> v) {
    return new DequantWgmmaSchedule(v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), v.get(5), v.get(6), v.get(7));
  }

  @Override
  public String family() {
    return FAMILY;
  }

  @Override
  public List<Integer> numbers() {
    return List.of(warpgroups, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocksN, blocks);
  }

  /** Threads of a block: its warpgroups, and one that copies for them. */
  public int threads() {
    return 128 * (warpgroups + 1);
  }

  /** The most output features of a block in one pass over k. */
  @Override
  public int rows() {
    return TILE_ROWS * tiles();
  }

  /** The most row tiles of a block in one pass. */
  int tiles() {
    return warpgroups * rowTiles;
  }

  @Override
  public int batch() {
    return 8 * batchTiles;
  }

  @Override
  public int unitsPerRound() {
    return unitsPerStage * splitK;
  }

  /** Thread blocks along n are a launch parameter and have no macro. */
  @Override
  public List<String> defines() {
    return List.of("-DWARPGROUPS=" + warpgroups, "-DROW_TILES=" + rowTiles, "-DBATCH=" + batch(),
        "-DUNITS_PER_STAGE=" + unitsPerStage, "-DSTAGES=" + stages, "-DSPLIT=" + splitK, "-DBLOCKS=" + blocks);
  }

  @Override
  public String toString() {
    return TEXT.print(numbers());
  }
}
