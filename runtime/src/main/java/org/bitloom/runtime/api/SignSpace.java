package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The schedules of one family of kernels for binary-coded weights. The shared-memory formula is the one the kernel text
 * computes for itself: a ring of stages for each warp, the prepared activations of a window, the results of earlier windows,
 * and the totals of the warps, twice.
 *
 * @param planes sign planes that are read
 * @param parameterPlanes scale planes that are read, and the offset plane if there is one
 * @param groupsPerUnit parameters of a row and plane that travel with a packing unit, and times in it that scales are applied
 */
public record SignSpace(SignFamily family, int planes, int parameterPlanes, int groupsPerUnit,
    Bounds tileM,
    Bounds tileN, Bounds tileK, Bounds stages, Bounds splitK) implements ScheduleSpace {
  /** Input features of a packing unit of 1-bit fields. */
  public static final int UNIT_K = 256;

  /** Planes whose levels stand in tables, at most. */
  public static final int TABLE_PLANES = 3;

  private static final int PLANE_UNIT_BYTES = LayoutInfo.TILE_ROWS * UNIT_K / 8;
  private static final int GROUP_BYTES = LayoutInfo.TILE_ROWS * Short.BYTES;
  private static final int HOPPER = 90;
  /** Units of a window whose digits the compiler keeps too many of in registers where copies run one or two stages ahead. */
  private static final int WIDE_WINDOW = 128;
  /** Warps that may have 255 registers each, of which the compiler then makes too much. */
  private static final int FEW_WARPS = 8;

  /** More registers that the compiler takes for the same text before Hopper. */
  private static final int AMPERE_REGISTERS = 8;
  /** Units of a window of bits where they are not prepared at once. */
  private static final int PART_WINDOW = 32;
  /** Groups of a unit, at most, where weights are looked up. */
  private static final int TABLE_GROUPS = 2;
  private static final int MAX_THREADS = 512;
  /** The flag of split-K, padded. */
  private static final int STATIC_SMEM = 128;

  /** Whether tables hold whole levels of weights looked up by so many planes, and not their bytes. */
  static boolean levelsAreWhole(int planes) {
    return planes < TABLE_PLANES;
  }

  /** Whether weights are looked up where a packing unit has so many groups, and not added up plane by plane. */
  public static boolean looksUp(int groupsPerUnit) {
    return groupsPerUnit <= TABLE_GROUPS;
  }

  @Override
  public Optional<SignPlanes> signPlanes() {
    return Optional.of(new SignPlanes(planes));
  }

  @Override
  public SignSpace withPlanes(SignPlanes used) {
    if (used.count() > planes) {
      throw new IllegalArgumentException(used.count() + " planes of " + planes);
    }
    return new SignSpace(family, used.count(), parameterPlanes - planes + used.count(), groupsPerUnit, tileM,
        tileN, tileK, stages, splitK);
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    List<SignSchedule> legal = considered(problem, limits)
        .filter(s -> refusal(s, turns(s, problem), limits).isEmpty()).toList();
    List<SignSchedule> useful = legal.stream().filter(s -> useful(s, problem)).toList();
    return List.copyOf(useful.isEmpty() ? legal : useful);
  }

  @Override
  public List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return considered(problem, limits)
        .flatMap(s -> refusal(s, turns(s, problem), limits)
            .or(() -> useful(s, problem) ? Optional.empty() : Optional.of("some warps would have no unit to work on"))
            .map(reason -> new RejectedSchedule(s, reason)).stream())
        .toList();
  }

  private Stream<SignSchedule> considered(Problem problem, DeviceLimits limits) {
    List<SignSchedule> considered = new ArrayList<>();
    for (int tiles : batchTiles(problem.m())) {
      for (int warpsN : warpsN(limits)) {
        for (int warpsK : family == SignFamily.SIGN_MMA
            ? new int[]{1, 2, 3, 4, 6, 8, 16}
            : new int[]{1, 2, 3, 4, 8, 16}) {
          for (int rowTiles : rowTiles()) {
            for (int split : new int[]{1, 2, 4, 8}) {
              for (int window : windows(problem, tiles, split)) {
                for (int depth = 2; depth <= 6; depth++) {
                  for (int blocks : new int[]{1, 2}) {
                    considered.add(new SignSchedule(family, warpsN, warpsK, rowTiles, tiles, window, depth,
                        Math.max(1, limits.multiprocessors() * blocks / split), split, blocks));
                  }
                }
              }
            }
          }
        }
      }
    }
    return considered.stream();
  }

  /**
   * Bits of activations take so little time and memory that they are prepared at once, where a window of 128 holds them, or in two
   * windows or more, the later ones while copies that were started before arrive.
   */
  private int[] windows(Problem problem, int tiles, int split) {
    if (family.streams()) {
      return new int[]{1};
    }
    if (family != SignFamily.BIT_MMA) {
      return new int[]{16, 32, 64, 128};
    }
    int all = Math.ceilDiv(Math.ceilDiv(problem.k(), UNIT_K), split) * Math.min(problem.m(), tiles);
    int columns = Math.min(problem.m(), tiles);
    return all > PART_WINDOW * columns
        ? new int[]{Math.min(Math.ceilDiv(all, 16) * 16, 128), PART_WINDOW * columns}
        : new int[]{Math.ceilDiv(all, 16) * 16};
  }

  private int[] rowTiles() {
    return switch (family) {
      case SIGN_MMA -> new int[]{1, 2, 3, 4};
      case DIGIT_MMA, LUT_GEMV -> new int[]{1, 2, 4};
      case BIT_MMA -> new int[]{1, 2};
    };
  }

  /**
   * Blocks of 3 and 6 warps along n suit 12288 rows, of 7 warps 14336 rows; tables are for powers of two, digits of an older
   * GPU spill.
   */
  private int[] warpsN(DeviceLimits limits) {
    return switch (family) {
      case SIGN_MMA -> new int[]{1, 2, 3, 4, 6, 7, 8, 16};
      case BIT_MMA -> new int[]{1, 2, 3, 4, 6, 8, 16};
      case DIGIT_MMA -> limits.capability() >= HOPPER ? new int[]{1, 2, 3, 4, 6, 8, 16} : new int[]{1, 2, 4, 8, 16};
      case LUT_GEMV -> new int[]{1, 2, 4, 8, 16};
    };
  }

  static int gridX(SignSchedule s, Problem problem) {
    return Math.min(s.blocksN(), Math.ceilDiv(problem.n(), s.rows()));
  }

  /** Blocks of rows that a thread block takes at most, one after another. */
  static int turns(SignSchedule s, Problem problem) {
    return Math.ceilDiv(Math.ceilDiv(problem.n(), s.rows()), gridX(s, problem));
  }

  private int[] batchTiles(int m) {
    return switch (family) {
      case DIGIT_MMA -> m <= 8 ? new int[]{2} : m <= 16 ? new int[]{2, 4} : new int[]{2, 4, 8};
      // Takes as long for 1 column as for 8.
      case SIGN_MMA ->
        m == 1
            ? new int[0]
            : m <= 8 ? new int[]{1} : m <= 16 ? new int[]{2} : m <= 32 ? new int[]{2, 4} : new int[]{4, 8};
      // A batch column takes 16 columns of an MMA.
      case BIT_MMA -> m <= 2 ? new int[]{m} : new int[0];
      case LUT_GEMV -> m == 1 ? new int[]{1} : new int[]{1, 2};
    };
  }

  private boolean useful(SignSchedule s, Problem problem) {
    int units = Math.ceilDiv(problem.k(), UNIT_K);
    return s.warpsK() * s.splitK() <= units
        && (family.streams() || s.warpsK() <= windowUnits(s, Math.min(problem.m(), s.batch())));
  }

  @Override
  public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
    return schedule instanceof SignSchedule s && s.signs() == family
        ? refusal(s, turns(s, problem), limits)
        : Optional.of("it is a schedule of family " + schedule.family());
  }

  private Optional<String> refusal(SignSchedule s, int turns, DeviceLimits limits) {
    if (s.threads() > MAX_THREADS) {
      return Optional.of(s.threads() + " threads, at most " + MAX_THREADS);
    }
    Optional<String> withoutBits = Multiprocessor.withoutBits(limits);
    if (family == SignFamily.BIT_MMA && withoutBits.isPresent()) {
      return withoutBits;
    }
    if (s.rowTiles() % family.leastRowTiles() != 0) {
      return Optional.of(s.rowTiles() + " row tiles, looked up " + family.leastRowTiles() + " at a time");
    }
    if (!tileN.holds(s.rows())) {
      return Optional.of("tile n is " + s.rows() + ", declared " + tileN);
    }
    if (s.batch() > Math.max(tileM.high(), family.tileColumns())) {
      return Optional.of("tile m is " + s.batch() + ", declared " + tileM);
    }
    if (!tileK.holds(UNIT_K)) {
      return Optional.of("tile k is " + UNIT_K + ", declared " + tileK);
    }
    if (!stages.holds(s.stages()) || s.stages() < 2) {
      return Optional.of(s.stages() + " stages, declared " + stages + ", at least 2");
    }
    if (!splitK.holds(s.splitK())) {
      return Optional.of("split_k is " + s.splitK() + ", declared " + splitK);
    }
    long smem = smemBytes(s, turns, Math.max(s.window(), s.batch()), s.batch(), !family.streams()) + STATIC_SMEM;
    Optional<String> misfit = Multiprocessor.misfit(s.blocks(), s.threads(), smem, limits);
    if (misfit.isPresent()) {
      return misfit;
    }
    if (family == SignFamily.DIGIT_MMA && s.rowTiles() > 1
        && ((s.window() >= WIDE_WINDOW && s.stages() <= 3)
            || (planes > 2 && s.warpsN() * s.warpsK() <= FEW_WARPS))) {
      return Optional.of("two row tiles with so few stages or warps were seen to spill registers");
    }
    int registers = registers(s) + (limits.capability() < HOPPER ? AMPERE_REGISTERS : 0);
    int available = Multiprocessor.registersOfThread(s.blocks(), s.threads());
    return registers > available
        ? Optional.of("about " + registers + " registers, a thread may have " + available)
        : Optional.empty();
  }

  /** An upper estimate of what the compiler needs: fixed, for each row tile, and for each batch tile of a row tile. */
  private int registers(SignSchedule s) {
    return switch (family) {
      case DIGIT_MMA -> s.batchTiles() <= 2 && s.rowTiles() <= 2
          ? (planes == 2 ? 112 : 104) + 10 * s.rowTiles() + (planes == 2 && s.warpsK() * s.batchTiles() >= 16 ? 8 : 0)
              + (planes != 3 && s.rowTiles() * s.batchTiles() == 4 ? 8 : 0)
          : s.batchTiles() <= 4 && planes <= 3 ? 148 + 56 * s.rowTiles() : 256;
      case SIGN_MMA -> looksUp(groupsPerUnit)
          ? Math.min(128, 76 + 8 * s.batchTiles() + 8 * Math.max(0, planes - 4))
              + (s.rowTiles() - 1) * lookedUpTileRegisters(s.batchTiles())
          : Math.min(128, 88 + 8 * planes + 4 * s.batchTiles())
              + (s.rowTiles() - 1) * (16 + 8 * planes + 8 * s.batchTiles());
      case BIT_MMA -> (s.rowTiles() == 1 ? 72 : s.rowTiles() == 2 ? 96 : 128) + 48 * (s.batchTiles() - 1);
      case LUT_GEMV -> 80 + 8 * s.rowTiles() * s.batchTiles();
    };
  }

  /** What each further row tile takes where weights are looked up: its levels and signs, and its sums. */
  private int lookedUpTileRegisters(int batchTiles) {
    return Math.max(12 * batchTiles + 4, 22 * planes - 16 + 10 * (planes - 1) * (batchTiles - 1));
  }

  /** Bytes of one packing unit of a warp: signs and parameters. */
  int stageBytes(SignSchedule s) {
    int parameters = Math.ceilDiv(groupsPerUnit * parameterPlanes * s.rowTiles() * GROUP_BYTES, 128) * 128;
    return s.rowTiles() * planes * PLANE_UNIT_BYTES + parameters;
  }

  /** Packing units of a window of so many batch columns. */
  static int windowUnits(SignSchedule s, int columns) {
    int units = Math.max(s.window() / columns, 1);
    return units < s.warpsK() ? units : units / s.warpsK() * s.warpsK();
  }

  /** Of a block with {@code columns} batch columns. */
  private long smemBytes(SignSchedule s, Problem problem, int columns) {
    int all = Math.ceilDiv(Math.ceilDiv(problem.k(), UNIT_K), s.splitK());
    int units = family.streams() ? all : Math.min(windowUnits(s, columns), all);
    return smemBytes(s, turns(s, problem), units * columns, columns, units < all);
  }

  /** For {@code turns}, {@code preparations} packing units x batch columns a window and {@code columns} batch columns a block. */
  private long smemBytes(SignSchedule s, int turns, int preparations, int columns, boolean windows) {
    long ring = (long) s.warps() * s.stages() * stageBytes(s);
    long prepared = family.streams()
        ? (long) s.warpsK() * s.stages() * s.batch() * UNIT_K * Short.BYTES
        : (long) preparations * (family.columnBytes() + family.sumBytes() * groupsPerUnit);
    boolean throughBlocks = family == SignFamily.BIT_MMA;
    long results = windows && !throughBlocks ? 4L * turns * columns * s.rows() : 0;
    long totals = (throughBlocks ? turns : 2L) * 4 * s.warpsK() * columns * (s.rows() + 4);
    return ring + prepared + results + totals;
  }

  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    return SignModel.us(this, own(schedule), problem);
  }

  private SignSchedule own(Schedule schedule) {
    if (schedule instanceof SignSchedule s && s.signs() == family) {
      return s;
    }
    throw new IllegalArgumentException(schedule + " is no schedule of family " + family.title());
  }

  @Override
  public LaunchShape launch(Schedule schedule, Problem problem) {
    SignSchedule s = own(schedule);
    int rowBlocks = Math.ceilDiv(problem.n(), s.rows());
    int gridX = gridX(s, problem);
    int gridZ = Math.ceilDiv(problem.m(), s.batch());
    // Blocks of the last columns have fewer of them, and longer windows.
    long smem = Math.max(smemBytes(s, problem, Math.min(problem.m(), s.batch())),
        smemBytes(s, problem, problem.m() - (gridZ - 1) * s.batch()));
    long partialBytes = s.splitK() == 1 ? 0 : 4L * s.splitK() * problem.m() * rowBlocks * s.rows();
    return new LaunchShape(gridX, s.splitK(), gridZ, s.threads(),
        Math.toIntExact(smem), partialBytes,
        s.splitK() == 1 ? 0 : Math.multiplyExact(gridX, gridZ));
  }
}
