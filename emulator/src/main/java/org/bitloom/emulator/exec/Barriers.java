package org.bitloom.emulator.exec;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.WarpOrder;

/** The sixteen named barriers of a CTA (PTX ISA 9.7.13.1: bar, barrier). */
final class Barriers {
  private static final int COUNT = 16;

  private final Cta cta;
  private final int[] arrived = new int[COUNT];
  private final int[] expected = new int[COUNT];
  private final long[] waiting = new long[COUNT];
  private final WarpOrder.Clock[] clocks = new WarpOrder.Clock[COUNT];

  Barriers(Cta cta) {
    this.cta = cta;
    for (int i = 0; i < COUNT; i++) {
      clocks[i] = cta.order.newClock();
    }
  }

  void reset() {
    for (int i = 0; i < COUNT; i++) {
      release(i);
    }
  }

  private void release(int id) {
    arrived[id] = 0;
    expected[id] = 0;
    waiting[id] = 0;
    clocks[id].clear();
  }

  /** The warp arrives at barrier {@code id} of {@code threads} threads (0: the whole CTA) and waits. */
  void sync(Warp warp, int id, int threads) {
    arrive(warp, id, threads);
    waiting[id] |= 1L << warp.index;
    warp.state = Warp.State.AT_BARRIER;
    complete(id);
  }

  /** The warp arrives at barrier {@code id} and goes on. */
  void arriveOnly(Warp warp, int id, int threads) {
    arrive(warp, id, threads);
    complete(id);
  }

  private void arrive(Warp warp, int id, int threads) {
    if (id < 0 || id >= COUNT) {
      throw warp.fault(FaultKind.INVALID_OPERAND, -1, "there is no barrier " + id + ", only 0.." + (COUNT - 1));
    }
    if (warp.mask != warp.live) {
      throw warp.fault(FaultKind.DIVERGENT_BARRIER, -1, "lanes 0x" + Integer.toHexString(warp.mask)
          + " arrive at barrier " + id + ", lanes 0x" + Integer.toHexString(warp.live & ~warp.mask) + " do not");
    }
    if (threads % Warp.LANES != 0) {
      throw warp.fault(FaultKind.INVALID_OPERAND, -1, threads + " threads are no whole number of warps");
    }
    if (arrived[id] > 0 && expected[id] != threads) {
      throw warp.fault(FaultKind.DIVERGENT_BARRIER, -1, "barrier " + id + " expects " + expected[id]
          + " threads of some warps and " + threads + " of others");
    }
    if ((waiting[id] >> warp.index & 1) != 0) {
      throw warp.fault(FaultKind.DIVERGENT_BARRIER, -1, "the warp is already at barrier " + id);
    }
    expected[id] = threads;
    arrived[id]++;
    cta.order.arrive(warp.number, clocks[id]);
  }

  /** Called when a warp exits: barriers of the whole CTA no longer wait for it. */
  void warpExited() {
    for (int i = 0; i < COUNT; i++) {
      complete(i);
    }
  }

  private void complete(int id) {
    int needed = expected[id] == 0 ? cta.liveWarps() : expected[id] / Warp.LANES;
    if (arrived[id] == 0 || arrived[id] < needed) {
      return;
    }
    long released = waiting[id];
    WarpOrder.Clock clock = clocks[id];
    for (int w = 0; w < cta.warps.length; w++) {
      if ((released >> w & 1) != 0) {
        cta.order.leave(cta.warps[w].number, clock);
        cta.warps[w].state = Warp.State.RUNNING;
      }
    }
    release(id);
  }
}
