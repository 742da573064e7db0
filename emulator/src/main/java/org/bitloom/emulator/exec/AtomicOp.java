package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import org.bitloom.emulator.memory.Allocation;

/** atom and red (PTX ISA 9.7.13.5, 9.7.13.7) on 32- and 64-bit numbers; lanes take their turns in ascending order. */
public final class AtomicOp extends Op {
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  /** The new value in memory. */
  @FunctionalInterface
  public interface Function {
    /**
     * What is stored.
     *
     * @param old what is in memory, zero-extended
     */
    long of(long old, long b, long c);
  }

  private final Space space;
  private final LaneAddress address;
  private final int bytes;
  private final Function function;
  private final MixedLanesOp.Row to;
  private final MixedLanesOp.Row b;
  private final MixedLanesOp.Row c;

  /**
   * @param bytes 4 or 8
   * @param to receives the old value; row -1 where nobody wants it
   */
  public AtomicOp(Space space, LaneAddress address, int bytes, Function function, MixedLanesOp.Row to,
      MixedLanesOp.Row b, MixedLanesOp.Row c) {
    this.space = space;
    this.address = address;
    this.bytes = bytes;
    this.function = function;
    this.to = to;
    this.b = b;
    this.c = c;
  }

  @Override
  public void run(Warp w) {
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      long at = address.of(w, l);
      Space found = space.of(at);
      long old = found == Space.SHARED
          ? shared(w, l, space.inside(found, at))
          : global(w, l, at);
      if (to.row() >= 0) {
        to.put(w, l, old);
      }
    }
  }

  private long shared(Warp w, int lane, long at) {
    SharedMemory shared = w.holder(at).shared;
    int offset = shared.atomic(w, lane, at, bytes);
    long old = bytes == 4 ? shared.get32(offset) & 0xffffffffL : shared.get64(offset);
    long fresh = function.of(old, b.get(w, lane), c.get(w, lane));
    if (bytes == 4) {
      shared.put32(offset, (int) fresh);
    } else {
      shared.put64(offset, fresh);
    }
    return old;
  }

  private long global(Warp w, int lane, long at) {
    w.readable(at, bytes, lane);
    Allocation a = w.writable(at, bytes, lane);
    MemorySegment data = a.data();
    long offset = at - a.base();
    long x = b.get(w, lane);
    long y = c.get(w, lane);
    if (bytes == 4) {
      while (true) {
        int old = (int) INT.getVolatile(data, offset);
        if (INT.compareAndSet(data, offset, old, (int) function.of(old & 0xffffffffL, x, y))) {
          return old & 0xffffffffL;
        }
      }
    }
    while (true) {
      long old = (long) LONG.getVolatile(data, offset);
      if (LONG.compareAndSet(data, offset, old, function.of(old, x, y))) {
        return old;
      }
    }
  }
}
