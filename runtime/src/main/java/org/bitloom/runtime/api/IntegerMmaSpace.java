package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The schedules of the families plane-mma and byte-mma. The shared-memory formula is the one the kernel text computes for
 * itself: for each warp a ring of code stages, for each k-group of warps a ring of activation stages; the sums of the warps
 * reuse that memory after the last stage.
 *
 * @param family {@link IntegerMmaSchedule#PLANES} or {@link IntegerMmaSchedule#BYTES}
 * @param codeBits bits of one weight code
 * @param unitK input features of one packing unit
 * @param weightPlanes planes of weights that are multiplied; 1 for bytes
 * @param columnPlanes planes of activations that are multiplied; 1 for bytes
 * @param unitChunks 16-byte chunks that a unit of k takes of one plane of one token
 * @param sums whether partial sums are exact integers up to the end, or scaled by group as they grow
 */
public record IntegerMmaSpace(String family, int codeBits, int unitK, int weightPlanes, int columnPlanes,
    int unitChunks, Sums sums, Bounds tileM, Bounds tileN, Bounds tileK, Bounds stages, Bounds splitK)
    implements
      ScheduleSpace {
  private static final int MAX_THREADS = 512;
  /** Registers a thread needs for addresses and loop state beside the counted arrays. */
  private static final int FIXED_REGISTERS = 40;
  private static final int SNUG_REGISTERS = 64;
  /** The flag of split-K, padded. */
  private static final int STATIC_SMEM = 128;
  /** Bytes a microsecond that one multiprocessor reads from memory, and gets from L2. */
  private static final double SM_READ = 23000;
  private static final double SM_L2 = 38000;
  /** Microseconds: from a request to its bytes; of one MMA of a multiprocessor; of a stage, and of an MMA in a warp. */
  private static final double READ_LATENCY = 1.1;
  private static final double MMA = 0.00087;
  private static final double STAGE = 0.06;
  private static final double STEP_MMA = 0.018;
  /** Microseconds that two blocks of one kernel on a multiprocessor cost. */
  private static final double CROWDED = 0.5;

  /** How partial sums are kept. */
  public enum Sums {
    INTEGER, SCALED
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    List<IntegerMmaSchedule> legal = considered(problem).filter(s -> refusal(s, limits).isEmpty()).toList();
    List<IntegerMmaSchedule> useful = legal.stream().filter(s -> useful(s, problem)).toList();
    return List.copyOf(useful.isEmpty() ? legal : useful);
  }

  @Override
  public List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return considered(problem)
        .flatMap(s -> refusal(s, limits)
            .or(() -> useful(s, problem) ? Optional.empty() : Optional.of("some warps would have no stage to work on"))
            .map(reason -> new RejectedSchedule(s, reason)).stream())
        .toList();
  }

  /** Schedules of the problem's batch in one block of columns, of half of it, and of 8: that needs fewer registers. */
  private Stream<IntegerMmaSchedule> considered(Problem problem) {
    int most = Math.min(Integer.highestOneBit(2 * problem.m() - 1), Integer.highestOneBit(tileM.high()));
    return IntStream.of(most, most / 2, Math.min(most, 8)).filter(columns -> columns > 0).distinct().boxed()
        .flatMap(this::considered);
  }

  private Stream<IntegerMmaSchedule> considered(int columns) {
    List<IntegerMmaSchedule> considered = new ArrayList<>();
    for (int warpsN : new int[]{1, 2, 3, 4, 8}) {
      for (int warpsK : new int[]{1, 2, 4, 8, 16}) {
        for (int rowTiles : new int[]{1, 2, 4}) {
          for (int units : new int[]{1, 2, 4}) {
            for (int depth : new int[]{2, 3, 4, 6}) {
              for (int split : new int[]{1, 2, 4, 8}) {
                for (int blocks : new int[]{1, 2, 4}) {
                  considered.add(new IntegerMmaSchedule(family, warpsN, warpsK, rowTiles, columns, units, depth, split,
                      blocks));
                }
              }
            }
          }
        }
      }
    }
    return considered.stream();
  }

  private boolean useful(IntegerMmaSchedule s, Problem problem) {
    int workers = s.warpsK() * s.splitK();
    return workers == 1 || Math.ceilDiv(Math.ceilDiv(problem.k(), unitK), s.unitsPerStage()) >= workers;
  }

  @Override
  public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
    return schedule instanceof IntegerMmaSchedule s && s.family().equals(family)
        ? refusal(s, limits)
        : Optional.of("it is a schedule of family " + schedule.family());
  }

  private Optional<String> refusal(IntegerMmaSchedule s, DeviceLimits limits) {
    Optional<String> withoutBits = Multiprocessor.withoutBits(limits);
    if (family.equals(IntegerMmaSchedule.PLANES) && withoutBits.isPresent()) {
      return withoutBits;
    }
    if (s.threads() > MAX_THREADS) {
      return Optional.of(s.threads() + " threads, at most " + MAX_THREADS);
    }
    if (s.threads() % s.rows() != 0) {
      return Optional.of(s.threads() + " threads are no multiple of " + s.rows() + " rows");
    }
    if (!tileN.holds(s.rows())) {
      return Optional.of("tile n is " + s.rows() + ", declared " + tileN);
    }
    if (Integer.bitCount(s.columns()) != 1 || s.columns() > tileM.high()
        || (s.columns() >= 8 && s.columns() < tileM.low())) {
      return Optional.of("tile m is " + s.columns() + ", declared " + tileM + ", and a power of two");
    }
    if (!tileK.holds(unitK * s.unitsPerStage())) {
      return Optional.of("tile k is " + unitK * s.unitsPerStage() + ", declared " + tileK);
    }
    if (!stages.holds(s.stages()) || s.stages() < 2) {
      return Optional.of(s.stages() + " stages, declared " + stages + ", at least 2");
    }
    if (!splitK.holds(s.splitK())) {
      return Optional.of("split_k is " + s.splitK() + ", declared " + splitK);
    }
    Optional<String> misfit = Multiprocessor.misfit(s.blocks(), s.threads(), smemBytes(s) + STATIC_SMEM, limits);
    if (misfit.isPresent()) {
      return misfit;
    }
    int registers = registers(s);
    int available = Math.min(255, Multiprocessor.REGISTERS / (s.threads() * s.blocks()));
    return registers > available
        ? Optional.of("about " + registers + " registers, a thread may have " + available)
        : Optional.empty();
  }

  /** Columns of operand B that a block multiplies: its batch columns in every plane. */
  private int operandRows(IntegerMmaSchedule s) {
    return columnPlanes * s.columns();
  }

  private int accumulators(IntegerMmaSchedule s) {
    return s.columns() >= 8
        ? (weightPlanes + columnPlanes - 1) * s.columns() / 8
        : weightPlanes * Math.ceilDiv(operandRows(s), 8);
  }

  /** Small bodies fit {@link #SNUG_REGISTERS} where two blocks of 512 threads want them: compiled, none of these spills. */
  private boolean snug(IntegerMmaSchedule s) {
    int sums = 4 * s.rowTiles() * accumulators(s);
    int words = s.rowTiles() * unitBytes() / 128;
    boolean bytes = s.family().equals(IntegerMmaSchedule.BYTES);
    return this.sums == Sums.INTEGER && s.unitsPerStage() == 1
        && (bytes ? 2 * sums + words <= 24 : sums <= 24 && sums + words <= 40);
  }

  private int registers(IntegerMmaSchedule s) {
    int estimate = estimatedRegisters(s);
    return snug(s) ? Math.min(SNUG_REGISTERS, estimate) : estimate;
  }

  private int estimatedRegisters(IntegerMmaSchedule s) {
    int sets = sums == Sums.SCALED ? 3 : 1;
    // The compiler reads the bytes of activations ahead.
    int ahead = s.family().equals(IntegerMmaSchedule.BYTES) ? 2 * s.columns() : 0;
    return FIXED_REGISTERS + ahead + 4 * s.rowTiles() * accumulators(s) * sets + s.rowTiles() * unitBytes() / 128
        + 16 * s.rowTiles() + 4 * Math.min(4, Math.ceilDiv(operandRows(s), 8));
  }

  private int unitBytes() {
    return LayoutInfo.TILE_ROWS * unitK * codeBits / 8;
  }

  private int smemBytes(IntegerMmaSchedule s) {
    int codes = s.warpsN() * s.warpsK() * s.stages() * s.rowTiles() * s.unitsPerStage() * unitBytes();
    int activations = s.warpsK() * s.stages() * s.unitsPerStage() * unitChunks * operandRows(s) * 16;
    int columns = s.columns() >= 8 ? s.columns() : operandRows(s);
    return Math.max(codes + activations, s.warpsK() * columns * (s.rows() + 4) * 4);
  }

  /** Blocks that a multiprocessor holds at once; where a schedule asks for one, the compiler may leave room for others. */
  private int resident(IntegerMmaSchedule s, DeviceLimits limits) {
    int smem = smemBytes(s) + STATIC_SMEM + Multiprocessor.RESERVED_SMEM;
    int byThreads = Math.min(Multiprocessor.THREADS / s.threads(),
        Multiprocessor.REGISTERS / (s.threads() * estimatedRegisters(s)));
    return Math.max(s.blocks(), Math.min(byThreads, limits.smemPerMultiprocessor() / smem));
  }

  /** The slowest of reading weights, moving activations, Tensor Cores and the latency of a warp's own work, and the rest. */
  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    IntegerMmaSchedule s = own(schedule);
    LaunchShape shape = launch(s, problem);
    long blocks = (long) shape.gridX() * shape.gridY() * shape.gridZ();
    double most = Math.ceil((double) blocks / limits.multiprocessors());
    double waves = Math.ceil(most / s.blocks());
    double unitsOfBlock = Math.ceil((double) Math.ceilDiv(problem.k(), unitK) / s.splitK());
    double codes = (double) s.warpsN() * s.rowTiles() * unitBytes() * unitsOfBlock;
    double x = 16.0 * unitChunks * operandRows(s) * unitsOfBlock;
    double stage = (double) s.rowTiles() * s.unitsPerStage() * unitBytes();
    double inFlight = Math.min(s.blocks(), most) * s.warpsN() * s.warpsK() * (s.stages() - 1) * stage;
    double reading = most * codes / Math.min(SM_READ, inFlight / READ_LATENCY);
    double moving = most * (codes + x) / SM_L2;
    double mmas = unitsOfBlock * unitChunks / 2 * weightPlanes * Math.ceilDiv(operandRows(s), 8) * s.rowTiles();
    double mma = most * s.warpsN() * mmas * MMA;
    double latency = waves * (mmas / s.warpsK() * STEP_MMA
        + unitsOfBlock / s.unitsPerStage() / s.warpsK() * STAGE * (1 + s.warpsN() / 4.0));
    double slowest = Math.max(Math.max(reading, moving), Math.max(mma, latency));
    // Where more blocks fit than there are, some multiprocessors get two of the next kernel's, which bound it.
    double crowded = most < resident(s, limits) ? CROWDED : 0;
    double split = s.splitK() == 1 ? 0 : 4 + 4.0e-6 * problem.n() * s.columns() * s.splitK();
    return 1.5 + 0.4 * waves + 0.15 * s.stages() + split + slowest
        + 0.06 * (reading + moving + mma + latency - slowest) + crowded;
  }

  private IntegerMmaSchedule own(Schedule schedule) {
    if (schedule instanceof IntegerMmaSchedule s && s.family().equals(family)) {
      return s;
    }
    throw new IllegalArgumentException(schedule + " is no schedule of family " + family);
  }

  @Override
  public LaunchShape launch(Schedule schedule, Problem problem) {
    IntegerMmaSchedule s = own(schedule);
    return LaunchShape.tiles(problem, s.rows(), s.columns(), s.splitK(), s.threads(), smemBytes(s));
  }
}
