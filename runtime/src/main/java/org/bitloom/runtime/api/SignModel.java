package org.bitloom.runtime.api;

/**
 * What a kernel for binary-coded weights takes, in microseconds, as far as that orders schedules. Constants of {@code sign-mma} and
 * {@code bit-mma} are fitted to times of schedules of bcq2, bcq3 and bcq4 at g128 on an H100.
 */
final class SignModel {
  /** Bytes a microsecond that one multiprocessor reads from memory. */
  private static final double SM_READ = 23500;
  private static final double SM_READ_ALL_ALONG = 25500;
  /** Microseconds from a request to its bytes. */
  private static final double READ_LATENCY = 1.02;
  private static final double READ_LATENCY_ALL_ALONG = 0.51;

  /** What a warp alone takes longer than its share of a busy sub-core. */
  private static final double ALONE = 2;
  private static final double DIGITS = 0.02;
  private static final double DIGITS_TILE = 0.07;
  private static final double LOOK_UPS = 0.115;
  /** Microseconds that a multiprocessor needs to prepare one column of a packing unit of activations. */
  private static final double PREPARE_DIGITS = 0.006;
  private static final double PREPARE_BITS = 0.045;
  private static final double PREPARE_TABLE = 0.03;
  private static final double TURN = 0.25;
  private static final double WINDOW = 0.6;
  private static final double WINDOW_OF_BITS = 0.94;
  private static final double TURN_OF_BITS = 0.18;
  private static final double SPLIT_OF_BITS = 2;
  /** From the arrival of a stage of bits to its end, and each product of a plane, row tile and column in it. */
  private static final double BITS = 0.087;
  private static final double BITS_PRODUCT = 0.176;
  /** What of that a sub-core is busy. */
  private static final double BITS_BUSY = 0.071;
  private static final double BITS_BUSY_PRODUCT = 0.08;
  /** What is left of the start where rings are deep, and more of it where they are not. */
  private static final double START_OF_BITS = 0.25;
  private static final double SHALLOW_RING = 2.6;

  /**
   * Where activations stream along: that a sub-core works on a packing unit, however many row tiles it has; for each plane and row
   * tile of it; and for each batch tile and row tile of it.
   */
  private static final double UNIT = 0.093;
  private static final double WEIGHTS = 0.075;
  private static final double TILE = 0.044;
  private static final double STREAMING_ALONE = 2.3;
  /** Part of the shorter of reading and working that does not hide behind the longer. */
  private static final double EXPOSED = 0.17;
  /** From the launch to the first work and from the last work to the end, and at the end of each block of rows. */
  private static final double START = 1;
  private static final double STREAMING_TURN = 0.4;
  /** Where blocks add up splits of k, and for each row, column and split of it. */
  private static final double SPLIT = 1.6;
  private static final double SPLIT_SUM = 1.0e-5;

  private final SignSpace space;
  private final SignSchedule s;
  private final Problem problem;
  /** Blocks of rows of a thread block, one after another. */
  private final int turns;
  private final int columns;
  private final int tiles;
  /** Packing units along k of a thread block. */
  private final double units;
  /** Times that blocks of other batch columns do the same. */
  private final int passes;

  private SignModel(SignSpace space, SignSchedule s, Problem problem) {
    this.space = space;
    this.s = s;
    this.problem = problem;
    this.turns = SignSpace.turns(s, problem);
    this.columns = Math.min(problem.m(), s.batch());
    this.tiles = Math.ceilDiv(columns, s.signs().tileColumns());
    this.units = Math.ceilDiv(Math.ceilDiv(problem.k(), SignSpace.UNIT_K), s.splitK());
    this.passes = Math.ceilDiv(problem.m(), s.batch());
  }

  static double us(SignSpace space, SignSchedule s, Problem problem) {
    SignModel model = new SignModel(space, s, problem);
    int planes = space.planes();
    return switch (s.signs()) {
      case BIT_MMA -> model.bits();
      case SIGN_MMA -> model.streaming();
      case DIGIT_MMA -> model.windows(planes * (DIGITS + DIGITS_TILE * model.tiles), PREPARE_DIGITS);
      case LUT_GEMV -> model.windows(planes * LOOK_UPS * model.tiles, PREPARE_TABLE);
    };
  }

  /** Bytes that the blocks of one multiprocessor read, each of them so many blocks of rows. */
  private double bytes(double rowBlocks) {
    return s.warpsN() * space.stageBytes(s) * units * rowBlocks * s.blocks();
  }

  private double reading() {
    double inFlight = (double) s.blocks() * s.warps() * (s.stages() - 1) * space.stageBytes(s);
    return bytes(turns) / Math.min(SM_READ, inFlight / READ_LATENCY);
  }

  /** All turns of a block, of which a warp works so long on a packing unit. */
  private double working(double stage, double alone) {
    double busy = Math.max(alone, s.blocks() * Math.ceilDiv(s.warps(), Multiprocessor.PARTS));
    return turns * Math.ceil(units / s.warpsK()) * stage * busy;
  }

  private double windows() {
    return Math.ceil(units / SignSpace.windowUnits(s, columns));
  }

  private double streaming() {
    double reading = reading();
    double working = working(UNIT + s.rowTiles() * (WEIGHTS * space.planes() + TILE * tiles), STREAMING_ALONE);
    double split = s.splitK() == 1 ? 0 : SPLIT + SPLIT_SUM * problem.n() * columns * s.splitK();
    return START + split + passes * (Math.max(reading, working) + EXPOSED * Math.min(reading, working)
        + STREAMING_TURN * turns);
  }

  /** Activations are prepared window by window, and warps wait for each other at the end of each block of rows. */
  private double windows(double rowTile, double prepareColumn) {
    double split = s.splitK() == 1 ? 0 : 2 + 4.0e-6 * problem.n() * columns * s.splitK();
    return 3 + split + passes * (Math.max(reading(), working(s.rowTiles() * rowTile, ALONE))
        + prepareColumn * units * columns * s.blocks() + windows() * (WINDOW + TURN * turns));
  }

  /**
   * Rings start full, and warps count their units through all blocks of rows. Where some blocks have one less, the next kernel
   * starts beside the others.
   */
  private double bits() {
    double rowBlocks = (double) Math.ceilDiv(problem.n(), s.rows()) / SignSpace.gridX(s, problem);
    double inFlight = (double) s.blocks() * s.warps() * s.stages() * space.stageBytes(s);
    double streaming = bytes(rowBlocks) / Math.min(SM_READ_ALL_ALONG, inFlight / READ_LATENCY_ALL_ALONG);
    double products = s.rowTiles() * space.planes() * columns;
    double working = (turns + rowBlocks) / 2 * (units / s.warpsK()) * Math.max(BITS + BITS_PRODUCT * products,
        (BITS_BUSY + BITS_BUSY_PRODUCT * products) * s.blocks() * s.warps() / Multiprocessor.PARTS);
    double split = s.splitK() == 1 ? 0 : SPLIT_OF_BITS;
    return START_OF_BITS + SHALLOW_RING / s.stages() + TURN_OF_BITS * turns + split + passes
        * (Math.max(streaming, working) + PREPARE_BITS * units * columns + WINDOW_OF_BITS * (windows() - 1));
  }
}
