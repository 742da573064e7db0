package org.bitloom.emulator.exec;

import java.util.Arrays;
import java.util.stream.Collectors;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.RaceDetector;
import org.bitloom.emulator.sanitize.WarpOrder;

/** One thread block at a time: its shared memory, its warps and their turns. Reused for all blocks that one thread runs. */
final class Cta {
  private static final int TURN = 4096;
  private static final int HOPELESS_ROUNDS = 2000;

  final Grid grid;
  final Warp[] warps;
  final WarpOrder order;
  final RaceDetector races;
  final SharedMemory shared;
  final Barriers barriers;
  final MemoryBarriers memoryBarriers;
  int x;
  int y;
  int z;
  private int live;
  private long instructions;
  private long threadInstructions;

  Cta(Grid grid) {
    this.grid = grid;
    int bytes = grid.sharedBytes();
    this.order = new WarpOrder(grid.warps() + 1);
    this.races = new RaceDetector(bytes, grid.program().granuleShift(), order);
    this.shared = new SharedMemory(bytes, races);
    this.barriers = new Barriers(this);
    this.memoryBarriers = new MemoryBarriers(this);
    this.warps = new Warp[grid.warps()];
    Arrays.setAll(warps, i -> new Warp(this, i));
  }

  /** Runs block {@code index} of the grid to its end. */
  void run(int index) {
    Grid.Dim dim = grid.grid();
    x = index % dim.x();
    y = index / dim.x() % dim.y();
    z = index / dim.x() / dim.y();
    order.reset();
    races.reset();
    shared.reset();
    barriers.reset();
    memoryBarriers.reset();
    live = warps.length;
    for (Warp warp : warps) {
      warp.start();
    }
    Order.Turns turns = grid.order().turns(index, warps.length);
    long before = executed();
    int idle = 0;
    while (live > 0) {
      idle = turn(turns.next()) ? 0 : idle + 1;
      if (idle > HOPELESS_ROUNDS || (idle > 0 && noneYields())) {
        throw deadlock();
      }
      if (executed() - before > grid.instructionLimit()) {
        throw warps[0].fault(FaultKind.HANG, -1, "the CTA has executed " + grid.instructionLimit()
            + " warp instructions: " + standings());
      }
    }
    instructions += executed() - before;
    threadInstructions = 0;
    for (Warp warp : warps) {
      threadInstructions += warp.threadInstructions;
    }
  }

  /** Gives every warp a turn and says whether any of them got anywhere. */
  private boolean turn(int[] order) {
    boolean progress = false;
    for (int i : order) {
      Warp warp = warps[i];
      if (warp.state == Warp.State.YIELDED) {
        warp.state = Warp.State.RUNNING;
      }
      if (warp.state == Warp.State.RUNNING) {
        warp.run(TURN);
        progress |= warp.state != Warp.State.YIELDED;
      }
    }
    return progress;
  }

  private boolean noneYields() {
    return Arrays.stream(warps).noneMatch(w -> w.state == Warp.State.YIELDED);
  }

  private long executed() {
    long sum = 0;
    for (Warp warp : warps) {
      sum += warp.executed;
    }
    return sum;
  }

  private RuntimeException deadlock() {
    Warp stuck = Arrays.stream(warps).filter(w -> w.state != Warp.State.DONE).findFirst().orElse(warps[0]);
    return stuck.fault(FaultKind.DEADLOCK, -1, "no warp can go on: " + standings());
  }

  private String standings() {
    return Arrays.stream(warps).filter(w -> w.state != Warp.State.DONE).map(Warp::standing)
        .collect(Collectors.joining("; "));
  }

  long instructions() {
    return instructions;
  }

  long threadInstructions() {
    return threadInstructions;
  }

  int liveWarps() {
    return live;
  }

  void warpDone(Warp warp) {
    live--;
    barriers.warpExited();
  }

  /** The coordinates of thread {@code index} of the block, for reports. */
  String thread(int index) {
    Grid.Dim b = grid.block();
    return "(" + index % b.x() + ", " + index / b.x() % b.y() + ", " + index / b.x() / b.y() + ")";
  }

  void fillSpecial(Program.Special special, int warp, int[] row) {
    Grid.Dim b = grid.block();
    Grid.Dim g = grid.grid();
    for (int l = 0; l < Warp.LANES; l++) {
      int t = warp * Warp.LANES + l;
      row[l] = switch (special) {
        case TID_X -> t % b.x();
        case TID_Y -> t / b.x() % b.y();
        case TID_Z -> t / b.x() / b.y();
        case NTID_X -> b.x();
        case NTID_Y -> b.y();
        case NTID_Z -> b.z();
        case CTAID_X, CLUSTERID_X -> x;
        case CTAID_Y, CLUSTERID_Y -> y;
        case CTAID_Z, CLUSTERID_Z -> z;
        case NCTAID_X, NCLUSTERID_X -> g.x();
        case NCTAID_Y, NCLUSTERID_Y -> g.y();
        case NCTAID_Z, NCLUSTERID_Z -> g.z();
        case LANEID -> l;
        case WARPID -> warp;
        case NWARPID -> warps.length;
        case SMID, GRIDID, CLUSTER_CTARANK, CLUSTER_CTAID_X, CLUSTER_CTAID_Y, CLUSTER_CTAID_Z -> 0;
        case NSMID, CLUSTER_NCTARANK, CLUSTER_NCTAID_X, CLUSTER_NCTAID_Y, CLUSTER_NCTAID_Z -> 1;
        case LANEMASK_EQ -> 1 << l;
        case LANEMASK_LT -> (1 << l) - 1;
        case LANEMASK_LE -> (2 << l) - 1;
        case LANEMASK_GT -> -(2 << l);
        case LANEMASK_GE -> -(1 << l);
        case DYNAMIC_SMEM_SIZE -> grid.dynamicSmem();
        case TOTAL_SMEM_SIZE -> grid.sharedBytes();
      };
    }
  }
}
