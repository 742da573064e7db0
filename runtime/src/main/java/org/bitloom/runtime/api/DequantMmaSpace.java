package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
  private static final int MAX_THREADS = 512;
  private static final int REGISTERS_PER_SM = 65536;
  /** Registers a thread needs for addresses, loop state and decoding beside the counted arrays. */
  private static final int FIXED_REGISTERS = 44;

  /** A parameter plane with one number for {@code group} weights; a lane fetches {@code laneBytes} bytes for a group. */
  public record GroupPlane(int group, int laneBytes) {
  }

  public DequantMmaSpace {
    groupPlanes = List.copyOf(groupPlanes);
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    List<Schedule> legal = new ArrayList<>();
    int batchTiles = batchTiles(problem.m());
    for (int warpsN : new int[]{1, 2, 4, 8}) {
      for (int warpsK : new int[]{1, 2, 4, 8, 16}) {
        for (int rowTiles : new int[]{1, 2, 4}) {
          for (int units : new int[]{1, 2, 4}) {
            for (int depth = 2; depth <= 6; depth++) {
              for (int split : new int[]{1, 2, 4, 8}) {
                Schedule s = new Schedule(warpsN, warpsK, rowTiles, batchTiles, units, depth, split);
                if (rejection(s, limits).isEmpty() && useful(s, problem)) {
                  legal.add(s);
                }
              }
            }
          }
        }
      }
    }
    return List.copyOf(legal);
  }

  /** Whether every warp and every split has at least one stage to work on (the smallest shapes excepted). */
  private boolean useful(Schedule s, Problem problem) {
    int stageCount = Math.ceilDiv(Math.ceilDiv(problem.k(), unitK), s.unitsPerStage());
    int workers = s.warpsK() * s.splitK();
    return workers == 1 || stageCount >= workers;
  }

  private int batchTiles(int m) {
    int most = Math.max(1, tileM.high() / 8);
    return Math.max(Math.ceilDiv(tileM.low(), 8), Math.min(most, Integer.highestOneBit(2 * Math.ceilDiv(m, 8) - 1)));
  }

  @Override
  public Optional<String> rejection(Schedule s, DeviceLimits limits) {
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
    int smem = smemBytes(s) + staticSmem;
    if (smem > limits.smemPerBlock()) {
      return Optional.of(smem + " bytes of shared memory, the device allows " + limits.smemPerBlock());
    }
    int registers = registers(s);
    int available = Math.min(255, REGISTERS_PER_SM / s.threads());
    if (registers > available) {
      return Optional.of("about " + registers + " registers, a thread may have " + available);
    }
    return Optional.empty();
  }

  private int stageK(Schedule s) {
    return unitK * s.unitsPerStage();
  }

  private int registers(Schedule s) {
    int tiles = s.rowTiles() * s.batchTiles();
    return FIXED_REGISTERS + 4 * tiles * accumulatorSets + 4 * s.batchTiles() * sumSets
        + Math.max(2, s.batchTiles()) * fragmentRegisters + s.rowTiles() * unitBytes() / (32 * 4);
  }

  private int stageBytes(Schedule s) {
    int bytes = s.unitsPerStage() * unitBytes();
    for (GroupPlane plane : groupPlanes) {
      bytes += 32 * plane.laneBytes() * (stageK(s) / flushK(s));
    }
    return s.rowTiles() * bytes;
  }

  private int unitBytes() {
    return LayoutInfo.TILE_ROWS * unitK * codeBits / 8;
  }

  /** Input features between two roundings of group parameters: the greatest common divisor of stage and groups. */
  private int flushK(Schedule s) {
    int k = stageK(s);
    for (GroupPlane plane : groupPlanes) {
      k = gcd(k, plane.group());
    }
    return k;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private int smemBytes(Schedule s) {
    int codes = s.warpsN() * s.warpsK() * s.stages() * stageBytes(s);
    int activations = s.warpsK() * s.stages() * s.batch() * stageK(s) * 2;
    int partials = s.warpsK() * s.batch() * (s.rows() + 4) * 4;
    return Math.max(codes + activations, partials);
  }

  @Override
  public Schedule firstChoice(Problem problem, DeviceLimits limits) {
    return candidates(problem, limits).stream()
        .min(Comparator.<Schedule>comparingDouble(s -> estimate(s, problem, limits)).thenComparing(Schedule::toString))
        .orElseThrow(() -> new IllegalStateException("no schedule fits this kernel's tile ranges on this device"));
  }

  /** A relative time: waves of blocks, bytes in flight and fixed costs; only its order matters. */
  private double estimate(Schedule s, Problem problem, DeviceLimits limits) {
    LaunchShape shape = launch(s, problem);
    int smem = shape.smemBytes() + staticSmem + 1024;
    int warps = s.threads() / 32;
    int resident = Math.max(1, Math.min(limits.smemPerMultiprocessor() / smem,
        Math.min(REGISTERS_PER_SM / (s.threads() * registers(s)), 2048 / s.threads())));
    long blocks = (long) shape.gridX() * shape.gridY() * shape.gridZ();
    double waves = Math.ceil((double) blocks / ((double) limits.multiprocessors() * resident));
    double perBlock = (double) s.rows() * problem.k() * codeBits / 8 / s.splitK();
    double inFlight = (double) resident * warps * (s.stages() - 1) * stageBytes(s);
    double stagesPerWarp = (double) Math.ceilDiv(Math.ceilDiv(problem.k(), stageK(s)), s.splitK()) / s.warpsK();
    double starvation = Math.max(1, 64 * 1024 / inFlight) * Math.max(1, 16.0 / (resident * warps));
    double rounding = Math.ceil(stagesPerWarp) / stagesPerWarp;
    double activations = 1 + 0.35 * problem.m() / s.rows();
    double streaming = waves * resident * perBlock * rounding * activations * starvation;
    double fixed = 9000 * waves + 22000 * (s.splitK() - 1) + 3000.0 * s.stages() + 40 * s.batch() * s.warpsK();
    return streaming + fixed;
  }

  @Override
  public LaunchShape launch(Schedule s, Problem problem) {
    int gridX = Math.ceilDiv(problem.n(), s.rows());
    int gridZ = Math.ceilDiv(problem.m(), s.batch());
    long tiles = (long) gridX * gridZ;
    long partialBytes = s.splitK() == 1 ? 0 : tiles * s.splitK() * s.batch() * s.rows() * 4;
    return new LaunchShape(gridX, s.splitK(), gridZ, s.threads(), smemBytes(s), partialBytes,
        s.splitK() == 1 ? 0 : Math.toIntExact(tiles));
  }
}
