package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

import org.bitloom.emulator.exec.MixedLanesOp.Row;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;

/** cp.async.bulk without tensor maps (PTX ISA 9.7.9.25.4.1), lane by lane. */
public final class BulkCopyOps {
  private static final int GRAIN = 16;

  private BulkCopyOps() {
  }

  private static int size(Warp w, int lane, int row) {
    int size = w.r[row][lane];
    if (size < 0 || size % GRAIN != 0) {
      throw w.fault(FaultKind.INVALID_OPERAND, lane, "a bulk copy of " + size + " bytes, no multiple of " + GRAIN);
    }
    return size;
  }

  private static void requireAligned(Warp w, int lane, long address) {
    if (address % GRAIN != 0) {
      throw w.fault(FaultKind.MISALIGNED, lane, "bulk copy at 0x" + Long.toHexString(address));
    }
  }

  /** A copy to shared memory of {@code size} bytes starts, to be announced at the mbarrier at {@code barrier}. */
  static void start(Warp w, int lane, long destination, long barrier, int size, int alignment, Landing landing) {
    Cta target = w.holder(destination);
    if (w.holder(barrier) != target) {
      throw w.fault(FaultKind.INVALID_OPERAND, lane, "the copy and its mbarrier are in different CTAs");
    }
    int at = target.shared.startCopy(w, lane, destination, size, alignment);
    target.memoryBarriers.copy(w, lane, barrier, at, size, shared -> landing.land(shared, at));
  }

  /** What puts the bytes of a copy at their place. */
  @FunctionalInterface
  interface Landing {
    void land(byte[] shared, int at);
  }

  /** Global to shared memory, announced at an mbarrier. */
  public static final class Load extends Op {
    private final LaneAddress destination;
    private final LaneAddress source;
    private final int size;
    private final LaneAddress barrier;
    private final int receivers;

    /**
     * All rows are int rows.
     *
     * @param size the bytes to copy
     * @param receivers ranks of the CTAs that receive the bytes and the announcement, as bits; -1 for one receiver
     */
    public Load(LaneAddress destination, LaneAddress source, int size, LaneAddress barrier, int receivers) {
      this.destination = destination;
      this.source = source;
      this.size = size;
      this.barrier = barrier;
      this.receivers = receivers;
    }

    @Override
    public void run(Warp w) {
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        int bytes = size(w, l, size);
        long from = source.of(w, l);
        requireAligned(w, l, from);
        Allocation a = w.readableBytes(from, bytes, l);
        Landing landing = (shared, at) -> MemorySegment.copy(a.data(), ValueLayout.JAVA_BYTE, from - a.base(), shared,
            at, bytes);
        if (receivers < 0) {
          start(w, l, destination.of(w, l), barrier.of(w, l), bytes, GRAIN, landing);
        } else {
          multicast(w, l, bytes, landing);
        }
      }
    }

    private void multicast(Warp w, int lane, int bytes, Landing landing) {
      int ranks = w.r[receivers][lane] & 0xffff;
      int count = w.cta.cluster.ctas.size();
      if (ranks >> count != 0) {
        throw w.fault(FaultKind.INVALID_OPERAND, lane,
            "a copy to CTAs 0x" + Integer.toHexString(ranks) + " of a cluster of " + count);
      }
      for (int left = ranks; left != 0; left &= left - 1) {
        int rank = Integer.numberOfTrailingZeros(left);
        start(w, lane, SharedMemory.ofRank(rank, destination.of(w, lane)),
            SharedMemory.ofRank(rank, barrier.of(w, lane)), bytes, GRAIN, landing);
      }
    }
  }

  /** Shared memory of the CTA to shared memory of its cluster, announced at an mbarrier there. */
  public static final class Send extends Op {
    private final LaneAddress destination;
    private final LaneAddress source;
    private final int size;
    private final LaneAddress barrier;

    /** @param size int row of the bytes to copy */
    public Send(LaneAddress destination, LaneAddress source, int size, LaneAddress barrier) {
      this.destination = destination;
      this.source = source;
      this.size = size;
      this.barrier = barrier;
    }

    @Override
    public void run(Warp w) {
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        int bytes = size(w, l, size);
        long from = source.of(w, l);
        requireAligned(w, l, from);
        int first = w.cta.shared.readByProxy(w, l, from, bytes, w.cta.order.fenced(w.number));
        byte[] sender = w.cta.shared.bytes;
        start(w, l, destination.of(w, l), barrier.of(w, l), bytes, GRAIN,
            (shared, at) -> System.arraycopy(sender, first, shared, at, bytes));
      }
    }
  }

  /** st.async (PTX ISA 9.7.9.13): registers to shared memory of the cluster, announced at an mbarrier there. */
  public static final class StoreAsync extends Op {
    private final LaneAddress destination;
    private final Row[] values;
    private final int bytes;
    private final LaneAddress barrier;

    /** @param bytes of each of {@code values} */
    public StoreAsync(LaneAddress destination, List<Row> values, int bytes, LaneAddress barrier) {
      this.destination = destination;
      this.values = values.toArray(Row[]::new);
      this.bytes = bytes;
      this.barrier = barrier;
    }

    @Override
    public void run(Warp w) {
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        byte[] stored = new byte[bytes * values.length];
        for (int i = 0; i < values.length; i++) {
          LocalMemory.put(stored, bytes * i, bytes, values[i].get(w, l));
        }
        start(w, l, destination.of(w, l), barrier.of(w, l), stored.length, stored.length,
            (shared, at) -> System.arraycopy(stored, 0, shared, at, stored.length));
      }
    }
  }

  /** Shared to global memory, in the bulk group of the thread. */
  public static final class Store extends Op {
    private final LaneAddress destination;
    private final LaneAddress source;
    private final int size;

    /** @param size int row of the bytes to copy */
    public Store(LaneAddress destination, LaneAddress source, int size) {
      this.destination = destination;
      this.source = source;
      this.size = size;
    }

    @Override
    public void run(Warp w) {
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        int bytes = size(w, l, size);
        long to = destination.of(w, l);
        requireAligned(w, l, to);
        Allocation a = w.writableBytes(to, bytes, l);
        long from = source.of(w, l);
        requireAligned(w, l, from);
        int at = w.cta.shared.readByProxy(w, l, from, bytes, w.cta.order.fenced(w.number));
        w.stores.start(l, at, bytes, a, to - a.base());
      }
    }
  }
}
