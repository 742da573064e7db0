package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bitloom.runtime.api.DequantMmaSpace.GroupPlane;

/**
 * The schedules of the dequant-wgmma family. The shared-memory formula is the one the kernel text computes for itself: a ring
 * of activation stages for the block, then for each warp a ring of codes and group parameters.
 *
 * @param codeBits bits of one code
 * @param unitK input features of one packing unit
 * @param groupPlanes the parameter planes that travel with the codes
 * @param staticSmem bytes of shared memory that the text declares itself, padded to the alignment of the rings
 * @param totals accumulators held for each tile beside those of the two latest groups; 0 where nothing changes along k
 * @param sumSets accumulators held to sum activations (0 or 1)
 */
public record DequantWgmmaSpace(int codeBits, int unitK, List<GroupPlane> groupPlanes, int staticSmem,
    int totals, int sumSets, Bounds tileM, Bounds tileN, Bounds tileK, Bounds stages,
    Bounds splitK) implements ScheduleSpace {
  /** The only compute capability with wgmma (PTX ISA 9.7.16.5.2: sm_90a). */
  private static final int CAPABILITY = 90;
  private static final int MAX_WARPGROUPS = 4;
  private static final int MAX_ROW_TILES = 4;
  /** Registers of a thread: when it starts, and while it multiplies, at most. */
  private static final int MAX_START_REGISTERS = 248;
  private static final int MAX_REGISTERS = 240;
  /** Bytes of the two barriers of a ring slot, and of the two of a cluster. */
  private static final int BARRIER_BYTES = 16;
  /** Blocks of a cluster, at most (CUDA C++ Programming Guide, thread block clusters). */
  private static final int MAX_CLUSTER = 8;
  /** Widths of the product that the text knows, in tiles of 8 columns. */
  private static final List<Integer> WIDTHS = List.of(2, 4, 8, 16);
  /** Bytes of a copy of codes, and so the alignment of ring slots. */
  private static final int COPY_BYTES = 16;
  /** Registers a thread needs for addresses, loop state and decoding beside the counted arrays. */
  private static final int FIXED_REGISTERS = 44;
  private static final int GROUP_REGISTERS = 8;
  /** Words of a packing unit that the fixed registers hold; more take a register each. */
  private static final int FIXED_WORDS = 12;
  /** More of them where a cell is decoded part by part in a long stage: with them two row tiles of 64 columns spill. */
  private static final int PART_REGISTERS = 60;
  private static final int CELL_K = 64;
  /** Bytes a microsecond that the device reads from memory, one multiprocessor reads from memory, and gets from L2. */
  private static final double READ = 3.2e6;
  private static final double SM_READ = 24300;
  private static final double SM_L2 = 82600;
  /** Microseconds from a request to its bytes. */
  private static final double READ_LATENCY = 1.25;
  /**
   * Microseconds: of one product of 64 x 16 with 16, 32, 64, 128 columns; of what a cell of 64 x 64 costs beside its products, for 8
   * columns of a group, and where codes are looked up, which takes less where others compute meanwhile.
   */
  private static final double[] PRODUCT = {0.00958, 0.016, 0.0243, 0.0486};
  private static final double CELL = 0.0111;
  private static final double GROUP_COLUMNS = 0.00261;
  private static final double LOOKUP = 0.029;
  private static final double LOOKUP_AMONG_OTHERS = 0.00837;
  private static final int ENOUGH_WARPGROUPS = 3;
  private static final double OVERLAP = 0.0745;
  /** How much longer a cell takes where one warpgroup is alone on a multiprocessor. */
  private static final double LONELY = 1.26;
  /** Microseconds of a launch, and of a stage. */
  private static final double LAUNCH = 1.71;
  private static final double STAGE = 0.106;
  /** Bytes a microsecond of totals that a block of a cluster gets from the others, and what a split costs anyway. */
  private static final double EXCHANGE = 9650;
  private static final double SPLIT = 0.695;
  /** Bytes of the totals of a warpgroup for 8 columns. */
  private static final int FRAGMENT_BYTES = 64 * 8 * Float.BYTES;

  public DequantWgmmaSpace {
    groupPlanes = List.copyOf(groupPlanes);
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    return considered(problem, limits).filter(s -> refusal(s, limits).isEmpty() && misfit(s, problem, limits).isEmpty())
        .<Schedule>map(s -> s).toList();
  }

  @Override
  public List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return considered(problem, limits)
        .flatMap(s -> refusal(s, limits).or(() -> misfit(s, problem, limits))
            .map(reason -> new RejectedSchedule(s, reason)).stream())
        .toList();
  }

  private Stream<DequantWgmmaSchedule> considered(Problem problem, DeviceLimits limits) {
    List<DequantWgmmaSchedule> considered = new ArrayList<>();
    for (int batchTiles : batchTiles(problem.m())) {
      for (int warpgroups = 1; warpgroups <= MAX_WARPGROUPS; warpgroups++) {
        for (int rowTiles = 1; rowTiles <= MAX_ROW_TILES; rowTiles++) {
          for (int units : unitsPerStage()) {
            for (int depth = 2; depth <= 10; depth++) {
              for (int split : new int[]{1, 2, 3, 4, 8}) {
                for (int blocks : new int[]{1, 2}) {
                  for (int blocksN : blocksN(problem, limits, warpgroups * rowTiles, split, blocks)) {
                    considered.add(new DequantWgmmaSchedule(warpgroups, rowTiles, batchTiles, units, depth, split,
                        blocksN, blocks));
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

  /** The least width that holds the batch, and the next smaller one; within the declared range where that holds any. */
  private List<Integer> batchTiles(int m) {
    List<Integer> declared = WIDTHS.stream().filter(tiles -> tileM.holds(8 * tiles)).toList();
    int enough = declared.stream().filter(tiles -> 8 * tiles >= m).findFirst()
        .orElseGet(() -> declared.isEmpty() ? 0 : declared.getLast());
    return declared.stream().filter(tiles -> tiles == enough || 2 * tiles == enough).toList();
  }

  /** One or two units, or as many as make 256 features. */
  private List<Integer> unitsPerStage() {
    return IntStream.of(1, 2, 4).filter(units -> units * unitK <= 256 || units <= 2).boxed().toList();
  }

  /** As few blocks as hold all rows; and as many as fill the device in the fewest rounds. */
  private static TreeSet<Integer> blocksN(Problem problem, DeviceLimits limits, int tilesOfBlock, int split,
      int blocks) {
    int tiles = rowTiles(problem);
    int least = Math.ceilDiv(tiles, tilesOfBlock);
    int resident = Math.max(1, clustersAtOnce(limits, split, blocks));
    TreeSet<Integer> counts = new TreeSet<>();
    counts.add(least);
    counts.add(Math.min(tiles, Math.ceilDiv(least, resident) * resident));
    counts.add(Math.min(tiles, resident));
    return counts;
  }

  /**
   * Clusters of {@code split} blocks that run at a time. Blocks of one lie within a group of 14 to 18 multiprocessors: pairs fill all
   * of them; measured on an H100, larger clusters fill nine tenths.
   */
  private static int clustersAtOnce(DeviceLimits limits, int split, int blocks) {
    int slots = limits.multiprocessors() * blocks;
    return split <= 2 ? slots / split : slots * 9 / 10 / split;
  }

  private static int rowTiles(Problem problem) {
    return Math.ceilDiv(problem.n(), DequantWgmmaSchedule.TILE_ROWS);
  }

  /** Why a legal schedule does not suit a problem: parts of a split need a stage, one pass over k, and to run all at once. */
  private Optional<String> misfit(DequantWgmmaSchedule s, Problem problem, DeviceLimits limits) {
    if (s.splitK() == 1) {
      return Optional.empty();
    }
    if (Math.ceilDiv(Math.ceilDiv(problem.k(), unitK), s.unitsPerStage()) < s.splitK()) {
      return Optional.of("some blocks would have nothing to work on");
    }
    if (leastBlocksN(s, problem) > s.blocksN()) {
      return Optional.of(s.blocksN() + " blocks would go several times along k, which a cluster does not");
    }
    int clusters = Math.min(s.blocksN(), rowTiles(problem)) * Math.ceilDiv(problem.m(), s.batch());
    int atOnce = clustersAtOnce(limits, s.splitK(), s.blocks());
    return clusters > atOnce
        ? Optional.of(clusters + " clusters of " + s.splitK() + " blocks, of which " + atOnce + " run at once")
        : Optional.empty();
  }

  /** The blocks along n of a split: each goes along k once, as its cluster exchanges totals once. */
  private static int leastBlocksN(DequantWgmmaSchedule s, Problem problem) {
    return Math.ceilDiv(rowTiles(problem), s.tiles());
  }

  @Override
  public Optional<String> rejection(Schedule schedule, DeviceLimits limits) {
    return schedule instanceof DequantWgmmaSchedule s
        ? refusal(s, limits)
        : Optional.of("it is a schedule of family " + schedule.family());
  }

  private Optional<String> refusal(DequantWgmmaSchedule s, DeviceLimits limits) {
    if (limits.capability() != CAPABILITY) {
      return Optional.of("wgmma exists on compute capability 9.0 only");
    }
    if (s.warpgroups() > MAX_WARPGROUPS) {
      return Optional.of(s.warpgroups() + " warpgroups that multiply, at most " + MAX_WARPGROUPS);
    }
    if (!WIDTHS.contains(s.batchTiles())) {
      return Optional.of("no product has " + s.batch() + " columns");
    }
    if (!tileN.holds(s.rows())) {
      return Optional.of("tile n is " + s.rows() + ", declared " + tileN);
    }
    if (!tileM.holds(s.batch())) {
      return Optional.of("tile m is " + s.batch() + ", declared " + tileM);
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
    if (s.splitK() > MAX_CLUSTER) {
      return Optional.of("split_k is " + s.splitK() + ", a cluster has at most " + MAX_CLUSTER + " blocks");
    }
    if (slotsReceiving(s) > s.stages()) {
      return Optional
          .of("totals of the other blocks of a cluster do not fit the activations of " + s.stages() + " stages");
    }
    if (totals > 0 && stageK(s) / flushK(s) * s.rowTiles() % 2 != 0) {
      return Optional.of("a stage has an odd number of sums over groups");
    }
    if (sumSets > 0 && s.rowTiles() > 1) {
      return Optional.of("activations are summed for one row tile only");
    }
    Optional<String> misfit = Multiprocessor.misfit(s.blocks(), s.threads(), smemBytes(s) + staticSmem, limits);
    if (misfit.isPresent()) {
      return misfit;
    }
    int registers = registers(s);
    int available = registersToMultiply(s);
    if (registers > available) {
      return Optional.of("about " + registers + " registers, a thread may have " + available);
    }
    return Optional.empty();
  }

  private int stageK(DequantWgmmaSchedule s) {
    return unitK * s.unitsPerStage();
  }

  /** Of a thread that copies, at most: a text may keep fewer. */
  private static int copyRegisters(DequantWgmmaSchedule s) {
    return s.rowTiles() > 2 ? 72 : 56;
  }

  /** What is left when the warpgroup that copies has given most of its registers away. */
  private static int registersToMultiply(DequantWgmmaSchedule s) {
    int start = Math.min(MAX_START_REGISTERS, Multiprocessor.REGISTERS / (s.threads() * s.blocks()) / 8 * 8);
    return Math.min(MAX_REGISTERS, (start * (s.warpgroups() + 1) - copyRegisters(s)) / s.warpgroups() / 8 * 8);
  }

  /** An upper estimate: the arrays of the text, and what the compiler needs around them. */
  private int registers(DequantWgmmaSchedule s) {
    int sums = totals == 0 ? s.rowTiles() : 2 + s.rowTiles();
    int accumulators = 4 * s.batchTiles() * (sums + (totals == 0 ? 1 : 2) * sumSets);
    boolean parts = groupPlanes.stream().anyMatch(plane -> plane.group() < CELL_K)
        && s.unitsPerStage() > 2 && s.rowTiles() > 1;
    int words = Math.max(0, codeBits * unitK / CELL_K - FIXED_WORDS);
    return FIXED_REGISTERS + words + (totals == 0 ? 0 : GROUP_REGISTERS) + accumulators + 4 * (s.rowTiles() - 1)
        + (parts ? PART_REGISTERS : 0);
  }

  private int unitBytes() {
    return LayoutInfo.TILE_ROWS * unitK * codeBits / 8;
  }

  /** Bytes of one warp and stage. */
  private int slotBytes(DequantWgmmaSchedule s) {
    int params = 0;
    for (GroupPlane plane : groupPlanes) {
      params += s.rowTiles() * plane.bytes() * (stageK(s) / flushK(s));
    }
    return s.rowTiles() * s.unitsPerStage() * unitBytes() + Math.ceilDiv(params, COPY_BYTES) * COPY_BYTES;
  }

  private int flushK(DequantWgmmaSchedule s) {
    return GroupPlane.flushK(groupPlanes, stageK(s));
  }

  private int smemBytes(DequantWgmmaSchedule s) {
    return s.stages() * (s.batch() * stageK(s) * 2 + 4 * s.warpgroups() * slotBytes(s) + BARRIER_BYTES)
        + (s.splitK() == 1 ? 0 : BARRIER_BYTES);
  }

  /** Slots of activations that receive totals of the other blocks of a cluster; more than any ring has where none is wide enough. */
  private int slotsReceiving(DequantWgmmaSchedule s) {
    int fragments = (s.splitK() - 1) * Math.ceilDiv(s.rowTiles() * s.batchTiles(), s.splitK());
    int ofSlot = s.batch() * stageK(s) * 2 / (FRAGMENT_BYTES * s.warpgroups());
    return fragments == 0 ? 0 : ofSlot == 0 ? Integer.MAX_VALUE : Math.ceilDiv(fragments, ofSlot);
  }

  /**
   * Estimated microseconds on an H100: the slowest of reading weights, moving them and activations to the multiprocessors, and
   * computing, where products and the rest follow each other; and what does not overlap.
   */
  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    DequantWgmmaSchedule s = own(schedule);
    LaunchShape shape = launch(s, problem);
    int tiles = rowTiles(problem);
    long blocks = (long) shape.gridX() * shape.gridY() * shape.gridZ();
    double active = Math.min(limits.multiprocessors(), blocks);
    double rounds = Math.ceil((double) blocks / s.splitK() / clustersAtOnce(limits, s.splitK(), s.blocks()));
    // Blocks of larger clusters than pairs share multiprocessors wherever several fit one.
    double together = s.splitK() > 2 ? s.blocks() : 1;
    double most = Math.max(Math.ceil((double) blocks / limits.multiprocessors()),
        (rounds - 1) * s.blocks() + together);
    double resident = Math.min(s.blocks(), most);
    double stageCount = Math.ceilDiv(Math.ceilDiv(problem.k(), unitK), s.unitsPerStage());
    double kOfBlock = Math.ceil(stageCount / s.splitK()) * stageK(s);
    int share = Math.ceilDiv(tiles, shape.gridX());
    int passes = passes(s, tiles, shape.gridX());
    double rows = (double) tiles / shape.gridX() * DequantWgmmaSchedule.TILE_ROWS;
    double codes = rows * kOfBlock * slotBytes(s) / (16.0 * s.rowTiles() * stageK(s));
    double x = 2.0 * Math.min(problem.m(), s.batch()) * kOfBlock * passes;

    double reading = blocks * codes / Math.min(READ, active * SM_READ);
    double moving = most * (codes + x) / SM_L2;
    double products = 4 * PRODUCT[WIDTHS.indexOf(s.batchTiles())] * (1 + (double) sumSets / s.rowTiles());
    double busy = resident * Math.min(s.warpgroups(), Math.ceilDiv(share, passes));
    double lookup = staticSmem == 0 ? 0 : busy < ENOUGH_WARPGROUPS ? LOOKUP : LOOKUP_AMONG_OTHERS;
    double cell = products + CELL + lookup
        + (totals == 0 ? 0 : GROUP_COLUMNS * s.batchTiles() * Math.max(0, 64.0 / flushK(s) - 0.5));
    double lonely = busy == 1 ? LONELY : 1;
    double computing = most * (skipsAbsent(s) ? share : passes * s.tiles()) * kOfBlock / 64 * cell * lonely;

    // A slot of the ring is asked for, filled and used up, one after the other.
    double ring = (READ_LATENCY * rounds * passes * kOfBlock / stageK(s) + reading + computing) / s.stages();
    double slowest = Math.max(Math.max(reading, moving), Math.max(computing, ring));
    double sum = reading + moving + computing;
    double received = (double) s.rows() * s.batch() * Float.BYTES * (s.splitK() - 1) / s.splitK();
    double split = s.splitK() == 1 ? 0 : rounds * (SPLIT + received / EXCHANGE);
    double steps = STAGE * rounds * passes * kOfBlock / stageK(s);
    return LAUNCH + steps + split + slowest + OVERLAP * Math.max(0, sum - slowest);
  }

  /** Whether a warpgroup that lacks a row tile multiplies fewer: where sums over groups still come in pairs. */
  private boolean skipsAbsent(DequantWgmmaSchedule s) {
    return totals == 0 || stageK(s) / flushK(s) * (s.rowTiles() - 1) % 2 == 0;
  }

  /** How many times a block goes along k, at most. */
  private static int passes(DequantWgmmaSchedule s, int tiles, int gridX) {
    return Math.ceilDiv(Math.ceilDiv(tiles, gridX), s.tiles());
  }

  private static DequantWgmmaSchedule own(Schedule schedule) {
    if (schedule instanceof DequantWgmmaSchedule own) {
      return own;
    }
    throw new IllegalArgumentException("this space has no " + schedule);
  }

  @Override
  public LaunchShape launch(Schedule schedule, Problem problem) {
    DequantWgmmaSchedule s = own(schedule);
    int blocksN = Math.min(rowTiles(problem), s.blocksN());
    int gridX = s.splitK() == 1 ? blocksN : Math.max(blocksN, leastBlocksN(s, problem));
    return new LaunchShape(gridX, s.splitK(), Math.ceilDiv(problem.m(), s.batch()), s.threads(), smemBytes(s), 0, 0);
  }
}
