package org.bitloom.emulator.exec;

/** mbarrier instructions (PTX ISA 9.7.13.15), lane by lane; a wait that fails lets other warps run. */
public final class MemoryBarrierOp extends Op {
  /** What is done at the barrier. */
  public enum Kind {
    /** value: number of expected arrivals. */
    INIT,
    /** Ends its life. */
    INVALIDATE,
    /** value: bytes to expect. */
    EXPECT,
    /** value: number of arrivals; result: the state. */
    ARRIVE,
    /** value: bytes to expect before one arrival; result: the state. */
    ARRIVE_EXPECT,
    /** value: a parity; result: a predicate. */
    TEST_PARITY,
    /** value: a state; result: a predicate. */
    TEST_STATE,
    /** The thread arrives when its cp.async copies so far have. */
    ARRIVE_AFTER_COPIES
  }

  private final Kind kind;
  private final Space space;
  private final LaneAddress address;
  private final MixedLanesOp.Row value;
  private final int result;

  /** @param result long row of a state, or a predicate; -1 where nobody wants it */
  public MemoryBarrierOp(Kind kind, Space space, LaneAddress address, MixedLanesOp.Row value, int result) {
    this.kind = kind;
    this.space = space;
    this.address = address;
    this.value = value;
    this.result = result;
  }

  @Override
  public void run(Warp w) {
    int passed = 0;
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      long given = address.of(w, l);
      long at = space.inside(space.of(given), given);
      MemoryBarriers barriers = w.holder(at).memoryBarriers;
      long v = value.get(w, l);
      switch (kind) {
        case INIT -> barriers.init(w, l, at, (int) v);
        case INVALIDATE -> barriers.invalidate(w, l, at);
        case EXPECT -> barriers.expect(w, l, at, v);
        case ARRIVE -> state(w, l, barriers.arrive(w, l, at, (int) v));
        case ARRIVE_EXPECT -> {
          barriers.expect(w, l, at, v);
          state(w, l, barriers.arrive(w, l, at, 1));
        }
        case TEST_PARITY, TEST_STATE -> passed |= (barriers.test(w, l, at, (int) v) ? 1 : 0) << l;
        case ARRIVE_AFTER_COPIES -> barriers.arriveAfterCopies(w, l, at);
      }
    }
    if (kind == Kind.TEST_PARITY || kind == Kind.TEST_STATE) {
      w.setPredicate(result, passed);
      if (passed != w.mask) {
        w.state = Warp.State.YIELDED;
      }
    }
  }

  /** The opaque state of an mbarrier is the number of its phase. */
  private void state(Warp w, int lane, int phase) {
    if (result >= 0) {
      w.d[result][lane] = phase;
    }
  }
}
