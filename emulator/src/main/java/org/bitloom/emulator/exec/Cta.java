package org.bitloom.emulator.exec;

import java.util.Arrays;

import org.bitloom.emulator.sanitize.RaceDetector;
import org.bitloom.emulator.sanitize.WarpOrder;

/** One thread block at a time: its shared memory and its warps. */
final class Cta {
  final Cluster cluster;
  final int rank;
  final Grid grid;
  final WarpOrder order;
  final Warp[] warps;
  final SharedMemory shared;
  final Barriers barriers;
  final MemoryBarriers memoryBarriers;
  private final RaceDetector races;
  int x;
  int y;
  int z;
  private int live;

  /** @param rank its number in the cluster */
  Cta(Cluster cluster, int rank) {
    this.cluster = cluster;
    this.rank = rank;
    this.grid = cluster.grid;
    this.order = cluster.order;
    int bytes = grid.sharedBytes();
    this.races = new RaceDetector(bytes, grid.program().granuleShift(), order);
    this.shared = new SharedMemory(this, bytes, races);
    this.barriers = new Barriers(this);
    this.memoryBarriers = new MemoryBarriers(this);
    this.warps = new Warp[grid.warps()];
    Arrays.setAll(warps, i -> new Warp(this, i));
  }

  /** The cluster whose first block has these coordinates starts. */
  void start(int firstX, int firstY, int firstZ) {
    Grid.Dim size = grid.program().cluster();
    x = firstX + rank % size.x();
    y = firstY + rank / size.x() % size.y();
    z = firstZ + rank / size.x() / size.y();
    races.reset();
    shared.reset();
    barriers.reset();
    memoryBarriers.reset();
    live = warps.length;
    for (Warp warp : warps) {
      warp.start();
    }
  }

  int liveWarps() {
    return live;
  }

  void warpDone(Warp warp) {
    live--;
    barriers.warpExited();
    cluster.barrier.completeIfAllArrived();
  }

  /** The coordinates of thread {@code index} of the block, for reports. */
  String thread(int index) {
    Grid.Dim b = grid.block();
    return "(" + index % b.x() + ", " + index / b.x() % b.y() + ", " + index / b.x() / b.y() + ")";
  }

  void fillSpecial(Program.Special special, int warp, int[] row) {
    Grid.Dim b = grid.block();
    Grid.Dim g = grid.grid();
    Grid.Dim c = grid.program().cluster();
    for (int l = 0; l < Warp.LANES; l++) {
      int t = warp * Warp.LANES + l;
      row[l] = switch (special) {
        case TID_X -> t % b.x();
        case TID_Y -> t / b.x() % b.y();
        case TID_Z -> t / b.x() / b.y();
        case NTID_X -> b.x();
        case NTID_Y -> b.y();
        case NTID_Z -> b.z();
        case CTAID_X -> x;
        case CTAID_Y -> y;
        case CTAID_Z -> z;
        case NCTAID_X -> g.x();
        case NCTAID_Y -> g.y();
        case NCTAID_Z -> g.z();
        case CLUSTERID_X -> x / c.x();
        case CLUSTERID_Y -> y / c.y();
        case CLUSTERID_Z -> z / c.z();
        case NCLUSTERID_X -> g.x() / c.x();
        case NCLUSTERID_Y -> g.y() / c.y();
        case NCLUSTERID_Z -> g.z() / c.z();
        case CLUSTER_CTAID_X -> x % c.x();
        case CLUSTER_CTAID_Y -> y % c.y();
        case CLUSTER_CTAID_Z -> z % c.z();
        case CLUSTER_NCTAID_X -> c.x();
        case CLUSTER_NCTAID_Y -> c.y();
        case CLUSTER_NCTAID_Z -> c.z();
        case CLUSTER_CTARANK -> rank;
        case CLUSTER_NCTARANK -> c.count();
        case LANEID -> l;
        case WARPID -> warp;
        case NWARPID -> warps.length;
        case SMID, GRIDID -> 0;
        case NSMID -> 1;
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
