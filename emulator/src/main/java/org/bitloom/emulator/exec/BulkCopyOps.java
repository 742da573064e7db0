package org.bitloom.emulator.exec;

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

  /** Global to shared memory, announced at an mbarrier. */
  public static final class Load extends Op {
    private final LaneAddress destination;
    private final LaneAddress source;
    private final int size;
    private final LaneAddress barrier;

    /** @param size int row of the bytes to copy */
    public Load(LaneAddress destination, LaneAddress source, int size, LaneAddress barrier) {
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
        Allocation a = w.readableBytes(from, bytes, l);
        int to = w.cta.shared.startCopy(w, l, destination.of(w, l), bytes, GRAIN);
        w.cta.memoryBarriers.copy(w, l, barrier.of(w, l), to, a, from - a.base(), bytes);
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
        int at = w.cta.shared.readBytes(w, l, from, bytes);
        w.stores.start(l, at, bytes, a, to - a.base());
      }
    }
  }
}
