package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;

/**
 * How an integer kernel of warpgroups runs: a thread block has {@code warpgroups} warpgroups that multiply, each of 64 output
 * features and {@code batch} batch columns, and one that copies, with {@code stages} stages of activations in flight (of
 * planes, with the weights beside them) and {@code weightStages} stages of weights; registers are bounded so that
 * {@code blocks} thread blocks fit a multiprocessor together; {@code grid} blocks share all output tiles. Prints as
 * {@code plane-wgmma.w2.n256.s4.o1.x132} and {@code byte-wgmma.w2.n256.s4.v3.o1.x132}.
 *
 * @param family {@link #PLANES} or {@link #BYTES}
 * @param weightStages 1 in family {@link #PLANES}, where it means nothing
 */
public record IntegerWgmmaSchedule(String family, int warpgroups, int batch, int stages, int weightStages, int blocks,
    int grid) implements Schedule {
  /** The family that multiplies bit planes. */
  public static final String PLANES = "plane-wgmma";
  /** The family that multiplies bytes. */
  public static final String BYTES = "byte-wgmma";

  static final ScheduleText PLANES_TEXT = new ScheduleText(PLANES, "w", "n", "s", "o", "x");
  static final ScheduleText BYTES_TEXT = new ScheduleText(BYTES, "w", "n", "s", "v", "o", "x");

  private static final int WARPGROUP = 128;

  public IntegerWgmmaSchedule {
    ScheduleText.requireNumbers(warpgroups, batch, stages, weightStages, blocks);
    ScheduleText.requireBlocks(grid);
    if (!family.equals(PLANES) && !family.equals(BYTES)) {
      throw new IllegalArgumentException("no family of these schedules: '" + family + "'");
    }
    if (family.equals(PLANES) && weightStages != 1) {
      throw new IllegalArgumentException("planes of weights travel with the activations");
    }
  }

  static IntegerWgmmaSchedule planes(List<Integer> v) {
    return new IntegerWgmmaSchedule(PLANES, v.get(0), v.get(1), v.get(2), 1, v.get(3), v.get(4));
  }

  static IntegerWgmmaSchedule bytes(List<Integer> v) {
    return new IntegerWgmmaSchedule(BYTES, v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), v.get(5));
  }

  @Override
  public List<Integer> numbers() {
    List<Integer> numbers = new ArrayList<>(List.of(warpgroups, batch, stages));
    if (family.equals(BYTES)) {
      numbers.add(weightStages);
    }
    numbers.addAll(List.of(blocks, grid));
    return List.copyOf(numbers);
  }

  /** Threads of a block. */
  public int threads() {
    return WARPGROUP * (warpgroups + 1);
  }

  @Override
  public int rows() {
    return 64 * warpgroups;
  }

  /** Units of 256 k of a stage of weights. */
  @Override
  public int unitsPerRound() {
    return family.equals(PLANES) ? 4 : 1;
  }

  /** The grid is a launch parameter and has no macro. */
  @Override
  public List<String> defines() {
    List<String> defines = new ArrayList<>(List.of("-DWARPGROUPS=" + warpgroups, "-DBATCH=" + batch,
        "-DSTAGES=" + stages));
    if (family.equals(BYTES)) {
      defines.add("-DWEIGHT_STAGES=" + weightStages);
    }
    defines.add("-DBLOCKS=" + blocks);
    return List.copyOf(defines);
  }

  @Override
  public String toString() {
    return (family.equals(PLANES) ? PLANES_TEXT : BYTES_TEXT).print(numbers());
  }
}
