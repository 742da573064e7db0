package org.bitloom.runtime.api;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a kernel runs: a thread block has {@code warpsN x warpsK} warps; each warp owns {@code rowTiles} tiles of 16 output
 * features and {@code batchTiles} tiles of 8 batch columns, and every {@code warpsK}-th stage of {@code unitsPerStage}
 * packing units along k, with {@code stages} stages in flight; {@code splitK} thread blocks share the k of one output tile;
 * registers are bounded so that {@code blocks} thread blocks fit a multiprocessor together.
 * Prints as {@code n1.k8.r2.b1.u1.s4.x2.o1} and parses back.
 */
public record Schedule(int warpsN, int warpsK, int rowTiles, int batchTiles, int unitsPerStage, int stages,
    int splitK, int blocks) {
  private static final Pattern TEXT = Pattern
      .compile("n(\\d+)\\.k(\\d+)\\.r(\\d+)\\.b(\\d+)\\.u(\\d+)\\.s(\\d+)\\.x(\\d+)\\.o(\\d+)");

  public Schedule {
    if (warpsN < 1 || warpsK < 1 || rowTiles < 1 || batchTiles < 1 || unitsPerStage < 1 || stages < 1 || splitK < 1
        || blocks < 1) {
      throw new IllegalArgumentException("every number of a schedule is at least 1");
    }
  }

  /** Parses what {@link #toString()} printed. */
  public static Schedule parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("not a schedule: '" + text + "', expected like n1.k8.r2.b1.u1.s4.x2.o1");
    }
    return new Schedule(number(m, 1), number(m, 2), number(m, 3), number(m, 4), number(m, 5), number(m, 6),
        number(m, 7), number(m, 8));
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }

  /** Every number of this schedule, in the order it prints them; schedules that differ in few of them are neighbours. */
  public List<Integer> numbers() {
    return List.of(warpsN, warpsK, rowTiles, batchTiles, unitsPerStage, stages, splitK, blocks);
  }

  /** Threads of a block. */
  public int threads() {
    return 32 * warpsN * warpsK;
  }

  /** Output features of a block. */
  public int rows() {
    return 16 * rowTiles * warpsN;
  }

  /** Batch columns of a block. */
  public int batch() {
    return 8 * batchTiles;
  }

  /** The macros that specialise a kernel text; split-K is a launch parameter and has none. */
  public List<String> defines() {
    return List.of("-DWARPS_N=" + warpsN, "-DWARPS_K=" + warpsK, "-DROW_TILES=" + rowTiles,
        "-DBATCH_TILES=" + batchTiles, "-DUNITS_PER_STAGE=" + unitsPerStage, "-DSTAGES=" + stages,
        "-DBLOCKS=" + blocks);
  }

  @Override
  public String toString() {
    return "n" + warpsN + ".k" + warpsK + ".r" + rowTiles + ".b" + batchTiles + ".u" + unitsPerStage + ".s" + stages
        + ".x" + splitK + ".o" + blocks;
  }
}
