package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The schedules of the families plane-wgmma and byte-wgmma: Hopper alone has these instructions. The shared-memory formula is
 * the one the kernel text computes for itself: the rings, then for each warpgroup its tokens' sums and scales and the results
 * on their way out, then the barriers.
 *
 * @param family {@link IntegerWgmmaSchedule#PLANES} or {@link IntegerWgmmaSchedule#BYTES}
 * @param weightPlanes planes of weights
 * @param activationPlanes planes of activations; 1 for bytes
 */
public record IntegerWgmmaSpace(String family, int weightPlanes, int activationPlanes, Bounds tileM, Bounds tileN,
    Bounds tileK, Bounds stages, Bounds splitK) implements ScheduleSpace {
  /** The compute capability of sm_90a. */
  private static final int HOPPER = 90;
  private static final int[] BATCHES = {16, 32, 64, 128, 256};
  /** Tiles of so many columns have two sets of accumulators, one behind the other, if they are of planes. */
  private static final int STAGGERED = 256;
  /** Registers beside the accumulators: operands of two stages, addresses, loop state. */
  private static final int FIXED_REGISTERS = 64;
  private static final int ROW_BYTES = 128;
  /** Columns that leave together, and the bytes of one: 64 results and padding. */
  private static final int STAGED_COLUMNS = 64;
  private static final int COLUMN_BYTES = 64 * 2 + 16;
  private static final int BARRIER_PAIR = 16;
  /** Features along k of a unit of weights, and of a stage of each family. */
  private static final int UNIT_K = 256;
  private static final int PLANE_STAGE_K = 1024;
  private static final int BYTE_STAGE_K = 256;

  /** Bytes a microsecond that L2 and memory give a multiprocessor; microseconds of one instruction of 256 columns. */
  private static final double SM_L2 = 72_000;
  private static final double SM_READ = 23_000;
  private static final double INSTRUCTION = 0.077;
  /** Microseconds: launch and first bytes; of a tile on its way out, at least and for each of its results. */
  private static final double LAUNCH = 2.8;
  private static final double TILE = 0.4;
  private static final double RESULT = 5.2e-5;

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    return considered(problem, limits).stream().filter(s -> refusal(s, limits).isEmpty()).map(Schedule.class::cast)
        .toList();
  }

  @Override
  public List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return considered(problem, limits).stream()
        .flatMap(s -> refusal(s, limits).map(reason -> new RejectedSchedule(s, reason)).stream()).toList();
  }

  private List<IntegerWgmmaSchedule> considered(Problem problem, DeviceLimits limits) {
    List<IntegerWgmmaSchedule> considered = new ArrayList<>();
    for (int warpgroups : new int[]{1, 2}) {
      for (int batch : BATCHES) {
        if (batch > BATCHES[0] && batch / 2 >= problem.m()) {
          continue;
        }
        for (int depth : new int[]{2, 3, 4, 6, 8}) {
          for (int weights : planes() ? new int[]{1} : new int[]{2, 3}) {
            for (int blocks : new int[]{1, 2}) {
              considered.add(new IntegerWgmmaSchedule(family, warpgroups, batch, depth, weights, blocks,
                  blocks * limits.multiprocessors()));
            }
          }
        }
      }
    }
    return considered;
  }

  private boolean planes() {
    return family.equals(IntegerWgmmaSchedule.PLANES);
  }

  @Override
  public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
    return schedule instanceof IntegerWgmmaSchedule s && s.family().equals(family)
        ? refusal(s, limits)
        : Optional.of("it is a schedule of family " + schedule.family());
  }

  private Optional<String> refusal(IntegerWgmmaSchedule s, DeviceLimits limits) {
    if (limits.capability() != HOPPER) {
      return Optional.of("only compute capability " + HOPPER + " has wgmma, not " + limits.capability());
    }
    if (s.warpgroups() > 2) {
      return Optional.of(s.warpgroups() + " warpgroups, at most 2");
    }
    if (java.util.Arrays.stream(BATCHES).noneMatch(b -> b == s.batch())) {
      return Optional.of("tile m is " + s.batch() + ", a kernel has 16, 32, 64, 128 or 256");
    }
    if (planes() && s.batch() == STAGGERED && s.warpgroups() != 2) {
      return Optional.of("tiles of " + STAGGERED + " columns of planes need 2 warpgroups");
    }
    if (!tileN.holds(s.rows())) {
      return Optional.of("tile n is " + s.rows() + ", declared " + tileN);
    }
    if (!tileM.holds(s.batch())) {
      return Optional.of("tile m is " + s.batch() + ", declared " + tileM);
    }
    int stageK = planes() ? PLANE_STAGE_K : BYTE_STAGE_K;
    if (!tileK.holds(stageK)) {
      return Optional.of("tile k is " + stageK + ", declared " + tileK);
    }
    if (!stages.holds(s.stages()) || s.stages() < 2) {
      return Optional.of(s.stages() + " stages, declared " + stages + ", at least 2");
    }
    if (!splitK.holds(1)) {
      return Optional.of("split_k is 1, declared " + splitK);
    }
    Optional<String> misfit = Multiprocessor.misfit(s.blocks(), s.threads(), smemBytes(s), limits);
    if (misfit.isPresent()) {
      return misfit;
    }
    int registers = s.batch() / 2 + FIXED_REGISTERS;
    int available = Math.min(255, Multiprocessor.REGISTERS / (s.threads() * s.blocks()));
    // A large tile takes registers from the warpgroup that copies.
    boolean shifted = s.blocks() == 1 && s.warpgroups() == 2 && s.batch() == 256;
    return registers > available && !shifted
        ? Optional.of("about " + registers + " registers, a thread may have " + available)
        : Optional.empty();
  }

  private int smemBytes(IntegerWgmmaSchedule s) {
    int tile = ROW_BYTES * s.batch();
    int strips = s.rows() / LayoutInfo.TILE_ROWS;
    int unit = LayoutInfo.TILE_ROWS * UNIT_K / 8;
    int rings = planes()
        ? s.stages() * (tile + strips * s.unitsPerRound() * unit)
        : s.stages() * tile + s.weightStages() * strips * unit * weightPlanes;
    int records = 8 * s.batch() * (planes() && s.batch() == STAGGERED ? 2 : 1);
    int out = records + Math.min(STAGED_COLUMNS, s.batch()) * COLUMN_BYTES;
    return rings + s.warpgroups() * out + BARRIER_PAIR * (s.stages() + (planes() ? 0 : s.weightStages()));
  }

  private static int tiles(IntegerWgmmaSchedule s, Problem problem) {
    return Math.multiplyExact(Math.ceilDiv(problem.n(), s.rows()), Math.ceilDiv(problem.m(), s.batch()));
  }

  /** Of each round of tiles: what L2 gives or Tensor Cores take, the slower of them, and the way out. */
  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    IntegerWgmmaSchedule s = own(schedule);
    double rounds = Math.ceil((double) tiles(s, problem) / Math.min(s.grid(), s.blocks() * limits.multiprocessors()))
        * s.blocks();
    int units = Math.ceilDiv(problem.k(), UNIT_K);
    double steps = planes()
        ? (double) weightPlanes * activationPlanes * Math.ceilDiv(units, s.unitsPerRound())
        : units;
    double bytes = planes()
        ? ROW_BYTES * (s.batch() + s.rows())
        : 2.0 * ROW_BYTES * s.batch() + (double) UNIT_K / 8 * weightPlanes * s.rows();
    double instructions = (planes() ? 4 : 8) * s.warpgroups() * s.batch() / 256.0;
    double slowest = Math.max(bytes / SM_L2, instructions * INSTRUCTION);
    double depth = 0.3 / s.stages();
    // Memory gives each multiprocessor its weights once, more slowly than L2 does.
    int strips = Math.ceilDiv(Math.ceilDiv(problem.n(), s.rows()), limits.multiprocessors());
    double cold = (double) strips * s.rows() * units * UNIT_K / 8 * weightPlanes / SM_READ;
    return LAUNCH + Math.max(rounds * steps * slowest, cold)
        + rounds * (TILE + RESULT * s.rows() * s.batch() + depth);
  }

  private IntegerWgmmaSchedule own(Schedule schedule) {
    if (schedule instanceof IntegerWgmmaSchedule s && s.family().equals(family)) {
      return s;
    }
    throw new IllegalArgumentException(schedule + " is no schedule of family " + family);
  }

  @Override
  public LaunchShape launch(Schedule schedule, Problem problem) {
    IntegerWgmmaSchedule s = own(schedule);
    return new LaunchShape(Math.min(tiles(s, problem), s.grid()), 1, 1, s.threads(), smemBytes(s), 0, 0);
  }
}
