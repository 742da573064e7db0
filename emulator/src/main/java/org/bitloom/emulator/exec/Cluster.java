package org.bitloom.emulator.exec;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.WarpOrder;

/**
 * The thread blocks of a cluster (PTX ISA 3.2.2) and the turns of their warps. Reused for all clusters that one thread runs;
 * blocks of kernels without clusters are clusters of one.
 */
final class Cluster {
  private static final int TURN = 4096;
  private static final int HOPELESS_ROUNDS = 2000;

  final Grid grid;
  final WarpOrder order;
  final List<Cta> ctas;
  final ClusterBarrier barrier;
  private final Warp[] warps;
  private final List<Warp> allWarps;
  private long instructions;
  private long threadInstructions;

  Cluster(Grid grid) {
    this.grid = grid;
    int count = grid.program().cluster().count();
    this.order = new WarpOrder(count * grid.warps() + 1);
    this.ctas = Stream.iterate(0, rank -> rank + 1).limit(count).map(rank -> new Cta(this, rank)).toList();
    this.warps = ctas.stream().flatMap(cta -> Arrays.stream(cta.warps)).toArray(Warp[]::new);
    this.allWarps = List.of(warps);
    this.barrier = new ClusterBarrier(this);
  }

  /** Counts among warps as one that copies on behalf of all. */
  int copyEngine() {
    return warps.length;
  }

  List<Warp> warps() {
    return allWarps;
  }

  /** Runs cluster {@code index} of the grid to its end. */
  void run(int index) {
    Grid.Dim size = grid.program().cluster();
    int across = grid.grid().x() / size.x();
    int down = grid.grid().y() / size.y();
    order.reset();
    barrier.reset();
    for (Cta cta : ctas) {
      cta.start(index % across * size.x(), index / across % down * size.y(), index / across / down * size.z());
    }
    Order.Turns turns = grid.order().turns(index, warps.length);
    long before = executed();
    int idle = 0;
    while (liveWarps() > 0) {
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
    threadInstructions = Arrays.stream(warps).mapToLong(warp -> warp.threadInstructions).sum();
  }

  /** Gives every warp a turn and says whether any of them got anywhere. */
  private boolean turn(int[] turns) {
    boolean progress = false;
    for (int i : turns) {
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

  /** Warps that have not exited. */
  int liveWarps() {
    int live = 0;
    for (Cta cta : ctas) {
      live += cta.liveWarps();
    }
    return live;
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
}
