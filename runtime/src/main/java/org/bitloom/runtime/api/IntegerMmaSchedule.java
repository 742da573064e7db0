package org.bitloom.runtime.api;

import java.util.List;

/**
 * How a plane-mma or byte-mma kernel runs: a thread block has {@code warpsN x warpsK} warps; each warp owns {@code rowTiles}
 * tiles of 16 output features and {@code columns} batch columns, and every {@code warpsK}-th stage of {@code unitsPerStage}
 * packing units along k, with {@code stages} stages in flight; {@code splitK} thread blocks share the k of one output tile;
 * registers are bounded so that {@code blocks} thread blocks fit a multiprocessor together.
 * Prints as {@code plane-mma.n1.k8.r1.c8.u1.s4.x2.o1}.
 */
public record IntegerMmaSchedule(String family, int warpsN, int warpsK, int rowTiles, int columns, int unitsPerStage,
    int stages, int splitK, int blocks) implements Schedule {
  /** The family that multiplies 1-bit planes. */
  public static final String PLANES = "plane-mma";
  /** The family that multiplies bytes. */
  public static final String BYTES = "byte-mma";

  static final ScheduleText PLANES_TEXT = text(PLANES);
  static final ScheduleText BYTES_TEXT = text(BYTES);

  public IntegerMmaSchedule {
    if (!family.equals(PLANES) && !family.equals(BYTES)) {
      throw new IllegalArgumentException("no integer family: " + family);
    }
    ScheduleText.requireNumbers(warpsN, warpsK, rowTiles, columns, unitsPerStage, stages, splitK, blocks);
  }

  private static ScheduleText text(String family) {
    return new ScheduleText(family, "n", "k", "r", "c", "u", "s", "x", "o");
  }

  static IntegerMmaSchedule of(String family, List<Integer> v) {
    return new IntegerMmaSchedule(family, v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), v.get(5), v.get(6),
        v.get(7));
  }

  @Override
  public List<Integer> numbers() {
    return List.of(warpsN, warpsK, rowTiles, columns, unitsPerStage, stages, splitK, blocks);
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
    return columns;
  }

  @Override
  public int unitsPerRound() {
    return unitsPerStage * warpsK * splitK;
  }

  /** Split-K is a launch parameter and has no macro. */
  @Override
  public List<String> defines() {
    return List.of("-DWARPS_N=" + warpsN, "-DWARPS_K=" + warpsK, "-DROW_TILES=" + rowTiles, "-DCOLUMNS=" + columns,
        "-DUNITS_PER_STAGE=" + unitsPerStage, "-DSTAGES=" + stages, "-DBLOCKS=" + blocks);
  }

  @Override
  public String toString() {
    return (family.equals(PLANES) ? PLANES_TEXT : BYTES_TEXT).print(numbers());
  }
}
