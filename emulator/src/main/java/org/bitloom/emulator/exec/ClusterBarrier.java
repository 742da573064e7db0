package org.bitloom.emulator.exec;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.WarpOrder;

/** The barrier of a cluster (PTX ISA 9.7.13.4: barrier.cluster): every warp arrives, then waits. */
final class ClusterBarrier {
  /** What an arrival tells those who wait. */
  enum Arrival {
    /** What the warp did so far. */
    RELEASE,
    /** Nothing. */
    RELAXED
  }

  private enum Stand {
    AWAY, ARRIVED, WAITING, PASSED
  }

  private final Cluster cluster;
  private final WarpOrder.Clock clock;
  private final WarpOrder.Clock passed;
  private final Stand[] stands;

  ClusterBarrier(Cluster cluster) {
    this.cluster = cluster;
    this.clock = cluster.order.newClock();
    this.passed = cluster.order.newClock();
    this.stands = new Stand[cluster.warps().size()];
    reset();
  }

  void reset() {
    clock.clear();
    passed.clear();
    java.util.Arrays.fill(stands, Stand.AWAY);
  }

  private static void requireWhole(Warp w) {
    if (w.mask != w.live) {
      throw w.fault(FaultKind.DIVERGENT_BARRIER, -1,
          "only lanes 0x" + Integer.toHexString(w.mask) + " are at the barrier of the cluster");
    }
  }

  void arrive(Warp w, Arrival arrival) {
    requireWhole(w);
    if (stands[w.number] != Stand.AWAY) {
      throw w.fault(FaultKind.DIVERGENT_BARRIER, -1, "the warp arrives twice at the barrier of the cluster");
    }
    if (arrival == Arrival.RELEASE) {
      cluster.order.arrive(w.number, clock);
    }
    stands[w.number] = Stand.ARRIVED;
    completeIfAllArrived();
  }

  void await(Warp w) {
    requireWhole(w);
    switch (stands[w.number]) {
      case PASSED -> leave(w);
      case ARRIVED -> {
        stands[w.number] = Stand.WAITING;
        w.state = Warp.State.AT_BARRIER;
      }
      case AWAY, WAITING -> throw w.fault(FaultKind.DIVERGENT_BARRIER, -1,
          "the warp waits at the barrier of the cluster, at which it has not arrived");
    }
  }

  private void leave(Warp w) {
    stands[w.number] = Stand.AWAY;
    cluster.order.leave(w.number, passed);
  }

  /** Also called when a warp exits, which counts as arrived from then on. */
  void completeIfAllArrived() {
    boolean any = false;
    for (Warp w : cluster.warps()) {
      Stand stand = stands[w.number];
      boolean here = stand == Stand.ARRIVED || stand == Stand.WAITING;
      if (!here && w.state != Warp.State.DONE) {
        return;
      }
      any |= here;
    }
    if (!any) {
      return;
    }
    passed.join(clock);
    clock.clear();
    for (Warp w : cluster.warps()) {
      if (stands[w.number] == Stand.WAITING) {
        w.state = Warp.State.RUNNING;
        leave(w);
      } else if (stands[w.number] == Stand.ARRIVED) {
        stands[w.number] = Stand.PASSED;
      }
    }
  }
}
