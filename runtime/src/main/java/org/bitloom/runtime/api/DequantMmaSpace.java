package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The schedules of the dequant-mma family. The shared-memory formula is the one the kernel text computes for itself: for each
 * warp a ring of code and parameter stages, for each k-group of warps a ring of activation stages; the partial sums of the
 * warps reuse that memory after the last stage.
 *
 * @param codeBits bits of one code
 * @param unitK input features of one packing unit
 * @param groupPlanes the parameter planes that travel with the codes
 * @param staticSmem bytes of shared memory that the text declares itself (decode tables)
 * @param fragmentRegisters 32-bit registers of an activation fragment of 16 k x 8 columns (2, or 4 where activations are
 *     split in two)
 * @param accumulatorSets accumulators held for each 16 x 8 tile (2 where groups are scaled into a total)
 * @param sumSets accumulators held for each 8 columns to sum activations (0 or 1)
 */
public record DequantMmaSpace(int codeBits, int unitK, List<GroupPlane> groupPlanes, int staticSmem,
    int fragmentRegisters, int accumulatorSets, int sumSets, Bounds tileM, Bounds tileN, Bounds tileK, Bounds stages,
    Bounds splitK) implements ScheduleSpace {
  /** 16 x 64 x 8 products whose steps the compiler may overlap, and the same for more than two tiles of columns. */
  public static final int OVERLAPPED = 8;
  public static final int WIDE_OVERLAPPED = 4;
  private static final int MAX_THREADS = 640;
  /** Wider tiles leave no registers to work with. */
  private static final int MAX_BATCH_TILES = 8;
  private static final int HOPPER = 90;

  /** More registers that the compiler takes for the same text before Hopper. */
  private static final int AMPERE_REGISTERS = 8;

  /** Registers a thread needs for addresses, loop state and decoding beside the counted arrays. */
  private static final int FIXED_REGISTERS = 34;
  /** Stages of a ring from which on more are of no use. */
  private static final int ENOUGH_STAGES = 4;
  /** Bytes a microsecond that one multiprocessor reads from memory, gets from L2, and moves through shared memory. */
  private static final double SM_READ = 37500;
  private static final double SM_L2 = 101000;
  private static final double SM_SHARED = 258000;
  /** Microseconds from a request to its bytes, while others wait for theirs. */
  private static final double READ_LATENCY = 0.515;
  /**
   * Instruction slots of a warp: to decode a tile of 16 x 16 weights, and for each bit of its codes; for one MMA; to apply scales to 8
   * columns of a tile; for a stage.
   */
  private static final double TILE = 4.64;
  private static final double TILE_BIT = 0.762;
  private static final double MMA = 1.42;
  private static final double FLUSH_MMA = 3.13;
  private static final double STAGE = 39.2;
  /** More slots of a tile of codes that are looked up. */
  private static final double LOOKUP = 2.77;
  /** Slots a microsecond that a multiprocessor issues where {@link #FULL_WARPS} warps are resident; fewer issue fewer. */
  private static final double ISSUE = 4540;
  private static final double FULL_WARPS = 32.2;
  private static final double WARPS_EXPONENT = 0.17;
  /** Microseconds of a launch. */
  private static final double LAUNCH = 0.8;
  /** Warps of a multiprocessor that hide each other's waits, and how much longer everything takes where there are hardly any. */
  private static final double ENOUGH_WARPS = 16;
  private static final double FEW_WARPS = 0.166;
  /** Part of what could overlap with the slowest that does not. */
  private static final double OVERLAP = 0.245;
  private static final int MANY_TILES = 4;
  /** Part of the places of a last wave that are free, which a multiprocessor fills with blocks that others would have had. */
  private static final double PILE = 0.339;
  /** Microseconds that adding up takes for each warp along k. */
  private static final double TOTALS = 0.037;
  /** Part of what the first stage of a warp takes, and the last, that nothing hides. */
  private static final double FILL = 0.225;
  /**
   * Part of the time in which the stages that are asked for ahead arrive that no warp computes: all ask at once and are served in turn.
   * Where a multiprocessor has place for several blocks, some compute while others start.
   */
  private static final double LATE = 0.963;
  private static final double LATE_AMONG_OTHERS = 0.459;
  /** Registers where units overlap, for parameters of groups, and for addresses of values that are looked up. */
  private static final int GROUPS_AHEAD = 12;
  private static final int LOOKUPS_AHEAD = 18;
  /** Groups so short that the scales of several of them wait in registers. */
  private static final int SMALL_GROUP = 32;
  /** Static shared memory of a text without tables: one flag. */
  private static final int FLAG_BYTES = 128;
  /** Bytes of a copy of codes, and so the alignment of ring slots. */
  private static final int COPY_BYTES = 16;

  /** A parameter plane with one number for {@code group} weights, {@code bytes} for the rows of a tile. */
  public record GroupPlane(int group, int bytes) {
    /** Input features from one use of parameters to the next: the greatest common divisor of a stage and all groups. */
    static int flushK(List<GroupPlane> planes, int stageK) {
      return planes.stream().mapToInt(GroupPlane::group).reduce(stageK, GroupPlane::gcd);
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }

  public DequantMmaSpace {
    groupPlanes = List.copyOf(groupPlanes);
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    List<DequantMmaSchedule> legal = considered(problem, limits).filter(s -> refusal(s, limits).isEmpty()).toList();
    List<DequantMmaSchedule> useful = legal.stream().filter(s -> useful(s, problem)).toList();
    // A k too small for the least split_k leaves some warps idle; the results are right all the same.
    return List.copyOf(useful.isEmpty() ? legal : useful);
  }

  @Override
  public List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return considered(problem, limits)
        .flatMap(s -> refusal(s, limits)
            .or(() -> useful(s, problem) ? Optional.empty() : Optional.of("some warps would have no stage to work on"))
            .map(reason -> new RejectedSchedule(s, reason)).stream())
        .toList();
  }

  /** Schedules of the problem's batch in one block of columns, and of half of it: that needs fewer registers. */
  private Stream<DequantMmaSchedule> considered(Problem problem, DeviceLimits limits) {
    int most = batchTiles(problem.m());
    return IntStream.of(most, most / 2).filter(tiles -> tiles > 0 && 8 * tiles >= tileM.low()).boxed()
        .flatMap(this::considered).flatMap(even -> Stream.concat(Stream.of(even), uneven(even, problem, limits)));
  }

  /**
   * The same schedule with as many tiles in a block as leave the multiprocessors least to do that is busiest, if these are fewer.
   * For 16 columns, where weights take long enough to multiply for that to count.
   */
  private static Stream<DequantMmaSchedule> uneven(DequantMmaSchedule even, Problem problem, DeviceLimits limits) {
    int rowTiles = Math.ceilDiv(problem.n(), LayoutInfo.TILE_ROWS);
    int places = limits.multiprocessors() * even.blocks();
    int rounds = Math.ceilDiv(Math.ceilDiv(rowTiles, even.blockTiles()), places);
    int tiles = Math.ceilDiv(rowTiles, rounds * places);
    boolean useful = even.batchTiles() == 2 && even.rowTiles() > 1 && even.splitK() == 1
        && tiles < even.blockTiles() && tiles > even.blockTiles() - even.warpsN();
    return useful
        ? Stream.of(new DequantMmaSchedule(even.warpsN(), even.warpsK(), even.rowTiles(), even.batchTiles(),
            even.unitsPerStage(), even.stages(), even.splitK(), even.blocks(), tiles))
        : Stream.empty();
  }

  private Stream<DequantMmaSchedule> considered(int batchTiles) {
    List<DequantMmaSchedule> considered = new ArrayList<>();
    for (int warpsN = 1; warpsN <= 8; warpsN++) {
      for (int warpsK : new int[]{1, 2, 3, 4, 8, 16}) {
        for (int rowTiles : new int[]{1, 2, 3, 4}) {
          for (int units : new int[]{1, 2, 4}) {
            for (int depth = 2; depth <= 6; depth++) {
              for (int split : splits(warpsN * rowTiles)) {
                for (int blocks : new int[]{1, 2, 4}) {
                  considered
                      .add(new DequantMmaSchedule(warpsN, warpsK, rowTiles, batchTiles, units, depth, split, blocks));
                }
              }
            }
          }
        }
      }
    }
    return considered.stream();
  }

  /** Numbers of row tiles that are no powers of two fill the multiprocessors evenly where others would need split-K. */
  private static int[] splits(int tiles) {
    return Integer.bitCount(tiles) == 1 ? new int[]{1, 2, 4, 8} : new int[]{1};
  }

  /** Whether every warp and every split has at least one stage to work on (the smallest shapes excepted). */
  private boolean useful(DequantMmaSchedule s, Problem problem) {
    int stageCount = Math.ceilDiv(Math.ceilDiv(problem.k(), unitK), s.unitsPerStage());
    int workers = s.warpsK() * s.splitK();
    return workers == 1 || stageCount >= workers;
  }

  /** One, or an even number of tiles: as many as {@code m} fills, within the declared range where it holds such a number. */
  private int batchTiles(int m) {
    int most = Math.max(1, Math.min(tileM.high() / 8, MAX_BATCH_TILES));
    int least = Math.ceilDiv(tileM.low(), 8);
    int evenMost = most == 1 ? 1 : most - most % 2;
    int evenLeast = least == 1 ? 1 : least + least % 2;
    return Math.max(evenLeast, Math.min(evenMost, Integer.highestOneBit(2 * Math.ceilDiv(m, 8) - 1)));
  }

  @Override
  public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
    return schedule instanceof DequantMmaSchedule s
        ? refusal(s, limits)
        : Optional.of("it is a schedule of family " + schedule.family());
  }

  private Optional<String> refusal(DequantMmaSchedule s, DeviceLimits limits) {
    if (s.threads() > MAX_THREADS) {
      return Optional.of(s.threads() + " threads, at most " + MAX_THREADS);
    }
    if (!tileN.holds(s.rows())) {
      return Optional.of("tile n is " + s.rows() + ", declared " + tileN);
    }
    if (!tileM.holds(s.batch())) {
      return Optional.of("tile m is " + s.batch() + ", declared " + tileM);
    }
    if (s.batchTiles() > 1 && s.batchTiles() % 2 != 0) {
      return Optional.of(s.batchTiles() + " batch tiles; fragments are loaded for 1 or for an even number of them");
    }
    if (!tileK.holds(stageK(s))) {
      return Optional.of("tile k is " + stageK(s) + ", declared " + tileK);
    }
    if (!stages.holds(s.stages()) || s.stages() < 2) {
      return Optional.of(s.stages() + " stages, declared " + stages + ", at least 2");
    }
    if (!splitK.holds(s.splitK())) {
      return Optional.of("split_k is " + s.splitK() + ", declared " + splitK);
    }
    Optional<String> misfit = Multiprocessor.misfit(s.blocks(), s.threads(), smemBytes(s) + staticSmem, limits);
    if (misfit.isPresent()) {
      return misfit;
    }
    int registers = registers(s) + (limits.capability() < HOPPER ? AMPERE_REGISTERS : 0);
    int available = Multiprocessor.registersOfThread(s.blocks(), s.threads());
    if (registers > available) {
      return Optional.of("about " + registers + " registers, a thread may have " + available);
    }
    return Optional.empty();
  }

  private int stageK(DequantMmaSchedule s) {
    return unitK * s.unitsPerStage();
  }

  /** An upper estimate: the arrays of the text, and what the compiler needs to overlap the steps of a stage. */
  private int registers(DequantMmaSchedule s) {
    int tiles = s.rowTiles() * s.batchTiles();
    int cells = tiles * unitK / 64;
    int overlapped = Math.max(1,
        Math.min(s.unitsPerStage(), (s.batchTiles() > 2 ? WIDE_OVERLAPPED : OVERLAPPED) / cells));
    int smallGroups = !groupPlanes.isEmpty() && flushK(s) <= SMALL_GROUP ? 12 + 4 * s.unitsPerStage() : 0;
    int tileWords = unitBytes() / (32 * 4);
    int counted = FIXED_REGISTERS + 4 * tiles * accumulatorSets + 4 * s.batchTiles() * sumSets
        + Math.max(2, s.batchTiles()) * fragmentRegisters + s.rowTiles() * tileWords + smallGroups;
    if (s.batchTiles() == 2 && overlapped == 1) {
      int ofTile = (groupPlanes.isEmpty() ? 2 : 1) + (staticSmem > FLAG_BYTES ? 8 : 0) + (smallGroups > 0 ? 8 : 0)
          + (accumulatorSets - 1) * Math.max(0, tileWords - 4) * 3 / 2;
      return counted + 6 + ofTile * s.rowTiles() + (s.warpsN() == 1 ? 8 : 0)
          + (s.unitsPerStage() > 1 && (unitK > 64 || s.rowTiles() < 3) ? 12 : 0);
    }
    double overlap = s.batchTiles() >= 8 ? 4.5 : s.batchTiles() >= 4 ? 5 : 3.5;
    int ahead = s.batchTiles() > 1 || overlapped == 1 || groupPlanes.isEmpty() || smallGroups > 0
        ? 0
        : GROUPS_AHEAD + (staticSmem > FLAG_BYTES ? LOOKUPS_AHEAD : 0);
    return counted + (int) (overlap * cells * overlapped) + 5 * (accumulatorSets - 1) * s.rowTiles() + ahead;
  }

  private int stageBytes(DequantMmaSchedule s) {
    int params = 0;
    for (GroupPlane plane : groupPlanes) {
      params += s.rowTiles() * plane.bytes() * (stageK(s) / flushK(s));
    }
    return s.rowTiles() * s.unitsPerStage() * unitBytes() + Math.ceilDiv(params, COPY_BYTES) * COPY_BYTES;
  }

  private int unitBytes() {
    return LayoutInfo.TILE_ROWS * unitK * codeBits / 8;
  }

  private int flushK(DequantMmaSchedule s) {
    return GroupPlane.flushK(groupPlanes, stageK(s));
  }

  private int smemBytes(DequantMmaSchedule s) {
    int codes = s.warpsN() * s.warpsK() * s.stages() * stageBytes(s);
    int activations = s.warpsK() * s.stages() * s.batch() * stageK(s) * 2;
    int partials = s.warpsK() * s.batch() * (s.rows() + 4) * 4;
    return Math.max(codes + activations, partials);
  }

  /**
   * Estimated microseconds on a GPU of Hopper's proportions, fitted to measured rows: the slowest of reading weights, moving
   * activations to the multiprocessors, shared memory and issuing instructions, and what does not overlap.
   */
  private double estimate(DequantMmaSchedule s, Problem problem, DeviceLimits limits) {
    LaunchShape shape = launch(s, problem);
    long blocks = (long) shape.gridX() * shape.gridY() * shape.gridZ();
    double share = (double) blocks / limits.multiprocessors();
    double even = Math.ceil(share);
    int places = places(s, limits);
    double waves = Math.ceil(even / places);
    // The next launch begins wherever there is place: places that a wave leaves free let blocks pile up.
    double most = even + PILE * Math.min(1, share) * (waves * places - even);
    double stagesOfBlock = (double) Math.ceilDiv(problem.k(), stageK(s)) / s.splitK();
    double stagesOfWarp = Math.max(1, stagesOfBlock / s.warpsK());
    double kOfBlock = stagesOfBlock * stageK(s);
    double warps = Math.min(places, even) * s.warpsN() * s.warpsK();

    double codes = (double) s.blockTiles() / s.rowTiles() * stageBytes(s) * stagesOfBlock;
    double x = 2.0 * Math.min(problem.m(), s.batch()) * kOfBlock;
    double steps = s.warpsN() * kOfBlock / 16;
    double tiles = s.blockTiles() * kOfBlock / 16;
    // What memory delivers and what the warps ask for ahead hinder each other where they are alike.
    double reading = Math.hypot(most * codes / SM_READ,
        most * codes * READ_LATENCY / (warps * (Math.min(ENOUGH_STAGES, s.stages()) - 1) * stageBytes(s)));
    double moving = most * (codes + x) / SM_L2;
    double shared = most * (2 * codes + x + 256.0 * s.batchTiles() * steps) / SM_SHARED;
    double slots = tiles * (TILE + TILE_BIT * codeBits + (staticSmem > FLAG_BYTES ? LOOKUP : 0) + MMA * s.batchTiles())
        + steps * MMA * sumSets * s.batchTiles()
        + flushes(s, tiles) * FLUSH_MMA * s.batchTiles() + s.warpsN() * stagesOfBlock * STAGE;
    double evenness = warps / (Multiprocessor.PARTS * Math.ceil(warps / Multiprocessor.PARTS));
    double issuing = most * slots
        / (ISSUE * Math.pow(Math.min(1, warps / FULL_WARPS), WARPS_EXPONENT) * evenness);

    // A slot of the ring is asked for, filled and used up, one after the other; of few columns the warps take turns.
    double ring = s.batchTiles() < MANY_TILES
        ? 0
        : (READ_LATENCY * waves * stagesOfBlock / s.warpsK() + reading + issuing) / s.stages();
    double late = (places == 1 ? LATE : LATE_AMONG_OTHERS) * reading * Math.min(1, (s.stages() - 1) / stagesOfWarp);
    double slowest = Math.max(Math.max(Math.max(reading, moving), Math.max(shared, late + issuing)), ring);
    double sum = reading + moving + shared + issuing;
    double few = Math.max(0, 1 - s.warpsN() * s.warpsK() * places / ENOUGH_WARPS);
    double fill = FILL * (reading + issuing) / stagesOfWarp;
    double fixed = LAUNCH + fill + TOTALS * s.warpsK() * waves;
    double split = s.splitK() == 1 ? 0 : 4 + 4.0e-6 * problem.n() * s.batch() * s.splitK();
    return (fixed + split + slowest + OVERLAP * Math.max(0, sum - slowest)) * (1 + FEW_WARPS * few);
  }

  /** Blocks that a multiprocessor holds: as many as asked for, or two where they fit anyway. */
  private int places(DequantMmaSchedule s, DeviceLimits limits) {
    boolean two = 2 * s.threads() * Math.ceilDiv(registers(s), 8) * 8 <= Multiprocessor.REGISTERS
        && 2 * (smemBytes(s) + staticSmem + Multiprocessor.RESERVED_SMEM) <= limits.smemPerMultiprocessor();
    return Math.max(s.blocks(), two ? 2 : 1);
  }

  /** How often scales are applied, over {@code tiles} tiles of 16 x 16 weights. */
  private double flushes(DequantMmaSchedule s, double tiles) {
    return groupPlanes.isEmpty() ? 0 : tiles * 16 / flushK(s);
  }

  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    return estimate(own(schedule), problem, limits);
  }

  private static DequantMmaSchedule own(Schedule schedule) {
    if (schedule instanceof DequantMmaSchedule own) {
      return own;
    }
    throw new IllegalArgumentException("this space has no " + schedule);
  }

  @Override
  public LaunchShape launch(Schedule schedule, Problem problem) {
    DequantMmaSchedule s = own(schedule);
    return LaunchShape.tiles(problem, s.rows(), s.batch(), s.splitK(), s.threads(), smemBytes(s));
  }
}
