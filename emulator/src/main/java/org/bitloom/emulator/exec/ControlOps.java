package org.bitloom.emulator.exec;

import java.util.function.Consumer;

import org.bitloom.emulator.sanitize.FaultKind;

/** Control flow, barriers and fences (PTX ISA 9.7.12, 9.7.13). */
public final class ControlOps {
  private ControlOps() {
  }

  /** bra (PTX ISA 9.7.12.2). */
  public static final class Branch extends Op {
    private final int target;

    /** @param target index of the instruction behind the label */
    public Branch(int target) {
      this.target = target;
    }

    @Override
    public void run(Warp w) {
      w.branch(target);
    }
  }

  /** brx.idx (PTX ISA 9.7.12.3). */
  public static final class IndexedBranch extends Op {
    private final int index;
    private final int[] targets;

    /** @param index row of the index into {@code targets} */
    public IndexedBranch(int index, int[] targets) {
      this.index = index;
      this.targets = targets.clone();
    }

    @Override
    public void run(Warp w) {
      int[] chosen = new int[Warp.LANES];
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        int i = w.r[index][l];
        if (i < 0 || i >= targets.length) {
          throw w.fault(FaultKind.INVALID_OPERAND, l, "branch index " + i + " of " + targets.length + " targets");
        }
        chosen[l] = targets[i];
      }
      w.branch(chosen);
    }
  }

  /** ret and exit of a kernel (PTX ISA 9.7.12.5, 9.7.12.6). */
  public static final class Exit extends Op {
    @Override
    public void run(Warp w) {
      w.exit();
    }
  }

  /** bar.sync, barrier.sync, bar.arrive (PTX ISA 9.7.13.1). */
  public static final class Barrier extends Op {
    /** What the warp does at the barrier. */
    public enum Kind {
      SYNC, ARRIVE
    }

    private final Kind kind;
    private final int id;
    private final int threads;

    /** @param id and {@code threads} are int rows; 0 threads stand for the whole CTA */
    public Barrier(Kind kind, int id, int threads) {
      this.kind = kind;
      this.id = id;
      this.threads = threads;
    }

    @Override
    public void run(Warp w) {
      int lane = Integer.numberOfTrailingZeros(w.mask);
      switch (kind) {
        case SYNC -> w.cta.barriers.sync(w, w.r[id][lane], w.r[threads][lane]);
        case ARRIVE -> w.cta.barriers.arriveOnly(w, w.r[id][lane], w.r[threads][lane]);
      }
    }
  }

  /** bar.warp.sync (PTX ISA 9.7.13.2). */
  public static final class WarpBarrier extends Op {
    private final int members;

    /** @param members int row of the member mask */
    public WarpBarrier(int members) {
      this.members = members;
    }

    @Override
    public void run(Warp w) {
      WarpOps.requireMembers(w, members);
      w.cta.order.syncWarp(w.number);
    }
  }

  /** An instruction that only touches the state of its warp; waits and fences. */
  public static final class Act extends Op {
    private final Consumer<Warp> action;
    private final String reason;

    private Act(Consumer<Warp> action) {
      this(action, "");
    }

    private Act(Consumer<Warp> action, String reason) {
      this.reason = reason;
      this.action = action;
    }

    @Override
    public void run(Warp w) {
      action.accept(w);
    }

    /** Why the instruction is refused; empty if it is not. */
    public String reason() {
      return reason;
    }

    /** membar, fence (PTX ISA 9.7.13.4). */
    public static Act fence() {
      return new Act(w -> java.lang.invoke.VarHandle.fullFence());
    }

    /** fence.proxy.async (PTX ISA 9.7.13.4). */
    public static Act fenceProxy() {
      return new Act(w -> w.cta.order.fenceProxy(w.number));
    }

    /** griddepcontrol.wait (PTX ISA 9.7.13.13). */
    public static Act waitForEarlierLaunches() {
      return new Act(w -> w.cta.order.waitForEarlierLaunches(w.number));
    }

    /** An instruction that changes nothing here: hints, prefetches, griddepcontrol.launch_dependents, setmaxnreg. */
    public static Act nothing() {
      return new Act(w -> {
      });
    }

    /** barrier.cluster.arrive (PTX ISA 9.7.13.4). */
    public static Act arriveAtCluster() {
      return new Act(w -> w.cta.cluster.barrier.arrive(w, ClusterBarrier.Arrival.RELEASE));
    }

    /** barrier.cluster.arrive.relaxed. */
    public static Act arriveAtClusterRelaxed() {
      return new Act(w -> w.cta.cluster.barrier.arrive(w, ClusterBarrier.Arrival.RELAXED));
    }

    /** barrier.cluster.wait. */
    public static Act waitForCluster() {
      return new Act(w -> w.cta.cluster.barrier.await(w));
    }

    /** cp.async.commit_group (PTX ISA 9.7.9.25.3.2). */
    public static Act commitGroup() {
      return new Act(w -> w.copies.commit());
    }

    /** cp.async.wait_group (PTX ISA 9.7.9.25.3.3). */
    public static Act waitGroup(int newest) {
      return new Act(w -> w.copies.waitGroups(newest));
    }

    /** cp.async.wait_all. */
    public static Act waitAll() {
      return new Act(w -> w.copies.waitAll());
    }

    /** wgmma.fence (PTX ISA 9.7.16.7.1). */
    public static Act fenceProducts() {
      return new Act(w -> w.products.fence());
    }

    /** wgmma.commit_group (PTX ISA 9.7.16.7.2). */
    public static Act commitProducts() {
      return new Act(w -> w.products.commit());
    }

    /** wgmma.wait_group (PTX ISA 9.7.16.7.3). */
    public static Act waitProducts(int newest) {
      return new Act(w -> w.products.waitGroups(newest));
    }

    /** cp.async.bulk.commit_group (PTX ISA 9.7.9.25.4.4). */
    public static Act commitBulkGroup() {
      return new Act(w -> w.stores.commit());
    }

    /** cp.async.bulk.wait_group (PTX ISA 9.7.9.25.4.5). */
    public static Act waitBulkGroup(int newest) {
      return new Act(w -> w.stores.waitGroups(newest));
    }

    /** trap (PTX ISA 9.7.19.4). */
    public static Act trap() {
      return new Act(w -> {
        throw w.fault(FaultKind.INVALID_OPERAND, Integer.numberOfTrailingZeros(w.mask), "the kernel traps");
      });
    }

    /** An instruction that the emulator lacks: refused when it is reached. */
    public static Act unsupported(String why) {
      return new Act(w -> {
        throw w.fault(FaultKind.UNSUPPORTED, -1, why);
      }, why);
    }
  }
}
