package org.bitloom.runtime.api;

import java.util.List;

/**
 * How a dequant-mma kernel runs: a thread block has {@code warpsN x warpsK} warps; each warp owns {@code rowTiles} tiles of 16
 * output features and {@code batchTiles} tiles of 8 batch columns, and every {@code warpsK}-th stage of
 * {@code unitsPerStage} packing units along k, with {@code stages} stages in flight; {@code splitK} thread blocks share the k
 * of one output tile; registers are bounded so that {@code blocks} thread blocks fit a multiprocessor together.
 * Prints as {@code dequant-mma.n1.k8.r2.b1.u1.s4.x2.o1}.
 */
public record DequantMmaSchedule(int warpsN, int warpsK, int rowTiles, int batchTiles, int unitsPerStage, int stages,
    int splitK, int blocks) implements Schedule {
  /** The family of these schedules. */
  public static final String FAMILY = "dequant-mma";

  static final ScheduleText TEXT = new ScheduleText(FAMILY, "n", "k", "r", "b", "u", "s", "x", "o");

  public DequantMmaSchedule {
    ScheduleText.requirePositive(warpsN, warpsK, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks);
  }

  static DequantMmaSchedule of(List<Integer> v) {
    return new DequantMmaSchedule(v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), v.get(5), v.get(6), v.get(7));
  }

  @Override
  public String family() {
    return FAMILY;
  }

  @Override
  public List<Integer> numbers() {
    return List.of(warpsN, warpsK, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks);
  }

  /** Threads of a block. */
  public int threads() {
    return 32 * warpsN * warpsK;
  }

  @Override
  public int rows() {
    return 16 * rowTiles * warpsN;
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
    return List.of("-DWARPS_N=" + warpsN, "-DWARPS_K=" + warpsK, "-DROW_TILES=" + rowTiles,
        "-DBATCH_TILES=" + batchTiles, "-DUNITS_PER_STAGE=" + unitsPerStage, "-DSTAGES=" + stages,
        "-DBLOCKS=" + blocks);
  }

  @Override
  public String toString() {
    return TEXT.print(numbers());
  }
}
