package org.bitloom.runtime.api;

/**
 * What a kernel of dequant-wgmma takes on an H100, in microseconds, as far as that orders schedules: the slowest of reading
 * weights, moving them and activations to the multiprocessors, and computing, where products and the rest follow each other; and
 * what does not overlap.
 */
final class DequantWgmmaModel {
  /** Microseconds of a cell of 64 x 64 for 8 columns of a group, and where codes are looked up, less where others compute meanwhile. */
  private static final double GROUP_COLUMNS = 0.00261;
  private static final double LOOKUP = 0.029;
  private static final double LOOKUP_AMONG_OTHERS = 0.00837;
  private static final int ENOUGH_WARPGROUPS = 3;

  /**
   * What kernels were fitted to.
   *
   * @param read bytes a microsecond that the device reads from memory
   * @param smRead the same that one multiprocessor reads from memory
   * @param smL2 the same that it gets from L2
   * @param latency microseconds from a request to its bytes
   * @param products microseconds of one product of 64 x 16 with 8, 16, 32, 64, 128 columns
   * @param cell of what a cell of 64 x 64 costs beside its products
   * @param plane for each sign plane of it
   * @param exposed part of what is not the slowest that does not hide behind it
   * @param lonely how much longer a cell takes where one warpgroup is alone on a multiprocessor
   * @param launch microseconds of a launch
   * @param stage and of a stage
   * @param split what a split costs anyway
   * @param exchange bytes a microsecond of totals that a block of a cluster gets from the others
   */
  private record Costs(double read, double smRead, double smL2, double latency, double[] products, double cell,
      double plane, double exposed, double lonely, double launch, double stage, double split, double exchange) {
    static final Costs DECODED = new Costs(3.2e6, 24300, 82600, 1.25,
        new double[]{0.00958, 0.00958, 0.016, 0.0243, 0.0486}, 0.0111, 0, 0.0745, 1.26, 1.71, 0.106, 0.695, 9650);
    /** Fitted to 1,639 schedules of bcq2, bcq3 and bcq4 at g128, batch 8 to 64; 128 columns were not measured. */
    static final Costs LOOKED_UP = new Costs(3.35e6, 26200, 273000, 1.17,
        new double[]{0.00218, 0.00315, 0.00482, 0.0102, 0.0204}, 0.00606, 0.0121, 0.472, 1.34, 2.11, 0.0818, 0.22,
        12400);
  }

  private final DequantWgmmaSpace space;
  private final DequantWgmmaSchedule s;
  private final Costs costs;

  private DequantWgmmaModel(DequantWgmmaSpace space, DequantWgmmaSchedule s) {
    this.space = space;
    this.s = s;
    this.costs = space.signs() ? Costs.LOOKED_UP : Costs.DECODED;
  }

  static double us(DequantWgmmaSpace space, DequantWgmmaSchedule s, Problem problem, DeviceLimits limits) {
    return new DequantWgmmaModel(space, s).us(problem, limits);
  }

  private double us(Problem problem, DeviceLimits limits) {
    LaunchShape shape = space.launch(s, problem);
    int tiles = DequantWgmmaSpace.rowTiles(problem);
    int stageK = space.stageK(s);
    long blocks = (long) shape.gridX() * shape.gridY() * shape.gridZ();
    double active = Math.min(limits.multiprocessors(), blocks);
    double rounds = Math
        .ceil((double) blocks / s.splitK() / DequantWgmmaSpace.clustersAtOnce(limits, s.splitK(), s.blocks()));
    // Blocks of larger clusters than pairs share multiprocessors wherever several fit one.
    double together = s.splitK() > 2 ? s.blocks() : 1;
    double most = Math.max(Math.ceil((double) blocks / limits.multiprocessors()),
        (rounds - 1) * s.blocks() + together);
    double resident = Math.min(s.blocks(), most);
    double stageCount = Math.ceilDiv(Math.ceilDiv(problem.k(), space.unitK()), s.unitsPerStage());
    double kOfBlock = Math.ceil(stageCount / s.splitK()) * stageK;
    int share = Math.ceilDiv(tiles, shape.gridX());
    int passes = Math.ceilDiv(share, s.tiles());
    double rows = (double) tiles / shape.gridX() * DequantWgmmaSchedule.TILE_ROWS;
    double codes = rows * kOfBlock * space.slotBytes(s) / (16.0 * s.rowTiles() * stageK);
    double x = 2.0 * Math.min(problem.m(), s.batch()) * kOfBlock * passes;

    double reading = blocks * codes / Math.min(costs.read(), active * costs.smRead());
    double moving = most * (codes + x) / costs.smL2();
    double busy = resident * Math.min(s.warpgroups(), Math.ceilDiv(share, passes));
    double lonely = busy == 1 ? costs.lonely() : 1;
    double computing = most * (skipsAbsent() ? share : passes * s.tiles()) * kOfBlock / 64 * cell(busy) * lonely;

    // A slot of the ring is asked for, filled and used up, one after the other.
    double ring = (costs.latency() * rounds * passes * kOfBlock / stageK + reading + computing) / s.stages();
    double slowest = Math.max(Math.max(reading, moving), Math.max(computing, ring));
    double sum = reading + moving + computing;
    double received = (double) s.rows() * s.batch() * Float.BYTES * (s.splitK() - 1) / s.splitK();
    double split = s.splitK() == 1 ? 0 : rounds * (costs.split() + received / costs.exchange());
    double steps = costs.stage() * rounds * passes * kOfBlock / stageK;
    return costs.launch() + steps + split + slowest + costs.exposed() * Math.max(0, sum - slowest);
  }

  /** A cell of 64 x 64, where so many warpgroups of a multiprocessor work at the same time. */
  private double cell(double busy) {
    double products = 4 * costs.products()[DequantWgmmaSpace.WIDTHS.indexOf(s.batchTiles())]
        * (1 + (double) space.sumSets() / s.rowTiles());
    double lookup = space.staticSmem() == 0 ? 0 : busy < ENOUGH_WARPGROUPS ? LOOKUP : LOOKUP_AMONG_OTHERS;
    double groups = space.totals() == 0
        ? 0
        : GROUP_COLUMNS * s.batchTiles() * Math.max(0, 64.0 / space.flushK(s) - 0.5);
    return products + costs.cell() + (space.signs() ? costs.plane() * space.codeBits() : 0) + lookup + groups;
  }

  /** Whether a warpgroup that lacks a row tile multiplies fewer: where sums over groups still come in pairs. */
  private boolean skipsAbsent() {
    return space.totals() == 0 || space.stageK(s) / space.flushK(s) * (s.rowTiles() - 1) % 2 == 0;
  }
}
