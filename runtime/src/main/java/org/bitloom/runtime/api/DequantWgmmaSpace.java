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
 * @param codeBits bits of one code, or sign planes that are read
 * @param unitK input features of one packing unit
 * @param signs whether codes are sign planes, whose levels are looked up
 * @param groupPlanes the parameter planes that travel with the codes
 * @param staticSmem bytes of shared memory that the text declares itself, padded to the alignment of the rings
 * @param totals accumulators held for each tile beside those of the two latest groups; 0 where nothing changes along k
 * @param sumSets accumulators held to sum activations (0 or 1)
 */
public record DequantWgmmaSpace(int codeBits, int unitK, boolean signs, List<GroupPlane> groupPlanes, int staticSmem,
    int totals, int sumSets, Bounds tileM, Bounds tileN, Bounds tileK, Bounds stages,
    Bounds splitK) implements ScheduleSpace {
  /** The only compute capability with wgmma (PTX ISA 9.7.16.5.2: sm_90a). */
  private static final int CAPABILITY = 90;
  private static final int MAX_WARPGROUPS = 4;
  private static final int MAX_ROW_TILES = 4;
  /** Registers of a thread: when it starts, and while it multiplies, at most. */
  public static final int MAX_START_REGISTERS = 248;
  public static final int MAX_REGISTERS = 240;
  /** Registers of a thread that copies for one or two row tiles. */
  public static final int COPY_REGISTERS = 56;
  /** The same where each of two row tiles takes a second set of fragments from what it spares. */
  public static final int LEAN_COPY_REGISTERS = 40;
  /** The same for more than two row tiles. */
  public static final int TALL_COPY_REGISTERS = 72;
  /** The same for signs, with more than two row tiles or 64 columns. */
  public static final int SIGN_COPY_REGISTERS = 88;
  /** Bytes of the two barriers of a ring slot, and of the two of a cluster. */
  private static final int BARRIER_BYTES = 16;
  /** Blocks of a cluster, at most (CUDA C++ Programming Guide, thread block clusters). */
  private static final int MAX_CLUSTER = 8;
  /** Widths of the product that the text knows, in tiles of 8 columns; the first is for sign planes only. */
  static final List<Integer> WIDTHS = List.of(1, 2, 4, 8, 16);
  /** Bytes of a copy of codes, and so the alignment of ring slots. */
  private static final int COPY_BYTES = 16;
  /** Registers a thread needs for addresses, loop state and decoding beside the counted arrays. */
  private static final int FIXED_REGISTERS = 44;
  private static final int GROUP_REGISTERS = 8;
  /** The same where levels are looked up: for each plane, for more than one row tile, for whole levels of more than one unit. */
  private static final int SIGN_REGISTERS = 84;
  private static final int PLANE_REGISTERS = 4;
  private static final int ROW_TILE_REGISTERS = 16;
  private static final int WHOLE_LEVEL_REGISTERS = 12;
  /** Words of a packing unit that the fixed registers hold; more take a register each. */
  private static final int FIXED_WORDS = 12;
  /** More of them where a cell is decoded part by part in a long stage: with them two row tiles of 64 columns spill. */
  private static final int PART_REGISTERS = 60;
  private static final int CELL_K = 64;
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

  private Stream<Integer> widths() {
    return WIDTHS.stream().filter(tiles -> signs || tiles > 1);
  }

  @Override
  public Optional<SignPlanes> signPlanes() {
    return signs ? Optional.of(new SignPlanes(codeBits)) : Optional.empty();
  }

  @Override
  public DequantWgmmaSpace withPlanes(SignPlanes used) {
    if (!signs || used.count() > codeBits) {
      throw new IllegalArgumentException(used.count() + " sign planes of " + (signs ? codeBits : 0));
    }
    return new DequantWgmmaSpace(used.count(), unitK, true,
        groupPlanes.subList(codeBits - used.count(), groupPlanes.size()), staticSmem, totals, sumSets, tileM, tileN,
        tileK, stages, splitK);
  }

  /** The least width that holds the batch, and the next smaller one; within the declared range where that holds any. */
  private List<Integer> batchTiles(int m) {
    List<Integer> declared = widths().filter(tiles -> tileM.holds(8 * tiles)).toList();
    if (signs && m == 1) {
      return List.of(); // takes as long as 8
    }
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
  static int clustersAtOnce(DeviceLimits limits, int split, int blocks) {
    int slots = limits.multiprocessors() * blocks;
    return split <= 2 ? slots / split : slots * 9 / 10 / split;
  }

  static int rowTiles(Problem problem) {
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
  public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
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
    if (widths().noneMatch(tiles -> tiles == s.batchTiles())) {
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
    if (signs && s.rowTiles() > 1 && s.unitsPerStage() > 1) {
      return Optional.of("warps that copy stages of " + s.unitsPerStage() + " units for " + s.rowTiles()
          + " row tiles were seen to spill registers");
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

  int stageK(DequantWgmmaSchedule s) {
    return unitK * s.unitsPerStage();
  }

  /** Of a thread that copies, at most: a text may keep fewer. */
  private int copyRegisters(DequantWgmmaSchedule s) {
    if (signs) {
      return s.rowTiles() > 2 || s.batchTiles() > 8 ? SIGN_COPY_REGISTERS : COPY_REGISTERS;
    }
    return s.rowTiles() > 2 ? TALL_COPY_REGISTERS : COPY_REGISTERS;
  }

  /** What is left when the warpgroup that copies has given most of its registers away. */
  private int registersToMultiply(DequantWgmmaSchedule s) {
    int start = Math.min(MAX_START_REGISTERS, Multiprocessor.REGISTERS / (s.threads() * s.blocks()) / 8 * 8);
    return Math.min(MAX_REGISTERS, (start * (s.warpgroups() + 1) - copyRegisters(s)) / s.warpgroups() / 8 * 8);
  }

  /** An upper estimate: the arrays of the text, and what the compiler needs around them. */
  private int registers(DequantWgmmaSchedule s) {
    int sums = totals == 0 ? s.rowTiles() : 2 + s.rowTiles();
    int accumulators = 4 * s.batchTiles() * (sums + (totals == 0 ? 1 : 2) * sumSets);
    boolean parts = groupPlanes.stream().anyMatch(plane -> plane.group() < CELL_K)
        && s.unitsPerStage() > 2 && s.rowTiles() > 1;
    if (signs) {
      return SIGN_REGISTERS + PLANE_REGISTERS * codeBits + accumulators
          + (s.rowTiles() > 1 ? ROW_TILE_REGISTERS : 0)
          + (SignSpace.levelsAreWhole(codeBits) && s.unitsPerStage() > 1 ? WHOLE_LEVEL_REGISTERS : 0);
    }
    int words = Math.max(0, codeBits * unitK / CELL_K - FIXED_WORDS);
    return FIXED_REGISTERS + words + (totals == 0 ? 0 : GROUP_REGISTERS) + accumulators + 4 * (s.rowTiles() - 1)
        + (parts ? PART_REGISTERS : 0);
  }

  private int unitBytes() {
    return LayoutInfo.TILE_ROWS * unitK * codeBits / 8;
  }

  /** Bytes of one warp and stage. */
  int slotBytes(DequantWgmmaSchedule s) {
    int params = 0;
    for (GroupPlane plane : groupPlanes) {
      params += s.rowTiles() * plane.bytes() * (stageK(s) / flushK(s));
    }
    return s.rowTiles() * s.unitsPerStage() * unitBytes() + Math.ceilDiv(params, COPY_BYTES) * COPY_BYTES;
  }

  int flushK(DequantWgmmaSchedule s) {
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

  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    return DequantWgmmaModel.us(this, own(schedule), problem, limits);
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
