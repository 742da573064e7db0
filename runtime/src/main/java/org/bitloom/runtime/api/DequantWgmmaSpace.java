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
 * of activation stages for the block, then for each warp a ring of codes and group parameters, then two barriers a stage.
 *
 * @param codeBits bits of one code
 * @param unitK input features of one packing unit
 * @param groupPlanes the parameter planes that travel with the codes
 * @param staticSmem bytes of shared memory that the text declares itself, padded to the alignment of the rings
 * @param accumulatorSets accumulators held for each tile (2 where groups are scaled into a total)
 * @param sumSets accumulators held to sum activations (0 or 1)
 */
public record DequantWgmmaSpace(int codeBits, int unitK, List<GroupPlane> groupPlanes, int staticSmem,
    int accumulatorSets, int sumSets, Bounds tileM, Bounds tileN, Bounds tileK, Bounds stages,
    Bounds splitK) implements ScheduleSpace {
  /** The only compute capability with wgmma (PTX ISA 9.7.16.5.2: sm_90a). */
  private static final int CAPABILITY = 90;
  private static final int MAX_THREADS = 512;
  private static final int REGISTERS_PER_SM = 65536;
  private static final int MAX_REGISTERS = 255;
  /** Shared memory that the driver keeps for itself in each block. */
  private static final int RESERVED_SMEM = 1024;
  /** Widths of the product that the text knows, in tiles of 8 columns. */
  private static final List<Integer> WIDTHS = List.of(2, 4, 8, 16);
  private static final int BARRIERS_OF_STAGE = 16;

  public DequantWgmmaSpace {
    groupPlanes = List.copyOf(groupPlanes);
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    return considered(problem, limits).filter(s -> refusal(s, limits).isEmpty() && useful(s, problem))
        .<Schedule>map(s -> s).toList();
  }

  @Override
  public List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return considered(problem, limits)
        .flatMap(s -> refusal(s, limits)
            .or(() -> useful(s, problem) ? Optional.empty() : Optional.of("some blocks would have nothing to work on"))
            .map(reason -> new RejectedSchedule(s, reason)).stream())
        .toList();
  }

  private Stream<DequantWgmmaSchedule> considered(Problem problem, DeviceLimits limits) {
    List<DequantWgmmaSchedule> considered = new ArrayList<>();
    for (int batchTiles : batchTiles(problem.m())) {
      for (int warpgroups : new int[]{1, 2, 4}) {
        for (int rowTiles : new int[]{1, 2}) {
          for (int units : unitsPerStage()) {
            for (int depth = 3; depth <= 12; depth++) {
              for (int split : new int[]{1, 2, 4, 8}) {
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

  /** A stage has 64 to 256 features. */
  private List<Integer> unitsPerStage() {
    return IntStream.of(1, 2, 4).filter(units -> units * unitK <= 256 || units == 1).boxed().toList();
  }

  /** As few blocks as hold all rows; and as many as fill the device in the fewest rounds. */
  private static TreeSet<Integer> blocksN(Problem problem, DeviceLimits limits, int tilesOfBlock, int split,
      int blocks) {
    int tiles = rowTiles(problem);
    int least = Math.ceilDiv(tiles, tilesOfBlock);
    int resident = Math.max(1, limits.multiprocessors() * blocks / split);
    TreeSet<Integer> counts = new TreeSet<>();
    counts.add(least);
    counts.add(Math.min(tiles, Math.ceilDiv(least, resident) * resident));
    return counts;
  }

  private static int rowTiles(Problem problem) {
    return Math.ceilDiv(problem.n(), DequantWgmmaSchedule.TILE_ROWS);
  }

  /** Whether every block has a row tile and every split a stage to work on. */
  private boolean useful(DequantWgmmaSchedule s, Problem problem) {
    int stageCount = Math.ceilDiv(Math.ceilDiv(problem.k(), unitK), s.unitsPerStage());
    return s.splitK() == 1 || stageCount >= s.splitK();
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
    if (s.threads() > MAX_THREADS) {
      return Optional.of(s.threads() + " threads, at most " + MAX_THREADS);
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
    if (!stages.holds(s.stages()) || s.stages() < 3) {
      return Optional.of(s.stages() + " stages, declared " + stages + ", at least 3");
    }
    if (!splitK.holds(s.splitK())) {
      return Optional.of("split_k is " + s.splitK() + ", declared " + splitK);
    }
    int smem = smemBytes(s) + staticSmem;
    if (smem > limits.smemPerBlock()) {
      return Optional.of(smem + " bytes of shared memory, the device allows " + limits.smemPerBlock());
    }
    if (s.blocks() > 1 && (smem + RESERVED_SMEM) * s.blocks() > limits.smemPerMultiprocessor()) {
      return Optional.of(s.blocks() + " blocks of " + smem + " bytes of shared memory do not fit a multiprocessor");
    }
    int registers = registers(s);
    int available = Math.min(MAX_REGISTERS, REGISTERS_PER_SM / (s.threads() * s.blocks()));
    if (registers > available) {
      return Optional.of("about " + registers + " registers, a thread may have " + available);
    }
    return Optional.empty();
  }

  private int stageK(DequantWgmmaSchedule s) {
    return unitK * s.unitsPerStage();
  }

  /** What ptxas needs for the arrays of the text and around them. */
  private int registers(DequantWgmmaSchedule s) {
    int accumulators = 4 * s.batchTiles() * (s.rowTiles() * accumulatorSets + sumSets);
    return 48 + accumulators + 4 * s.rowTiles();
  }

  private int unitBytes() {
    return LayoutInfo.TILE_ROWS * unitK * codeBits / 8;
  }

  private int smemBytes(DequantWgmmaSchedule s) {
    int bytes = s.batch() * stageK(s) * 2 + 4 * s.warpgroups() * slotBytes(s) + BARRIERS_OF_STAGE;
    return s.stages() * bytes;
  }

  /** Bytes of one warp and stage. */
  private int slotBytes(DequantWgmmaSchedule s) {
    return s.rowTiles() * s.unitsPerStage() * unitBytes();
  }

  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    return 0;
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
    int tiles = rowTiles(problem);
    int gridX = Math.max(Math.ceilDiv(tiles, s.tiles()), Math.min(tiles, s.blocksN()));
    int gridZ = Math.ceilDiv(problem.m(), s.batch());
    long shares = s.splitK() == 1 ? 0 : (long) gridX * gridZ;
    return new LaunchShape(gridX, s.splitK(), gridZ, s.threads(), smemBytes(s),
        shares * s.splitK() * s.batch() * s.rows() * Float.BYTES, Math.toIntExact(shares));
  }
}
