package org.bitloom.emulator.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.WarpOrder;

/**
 * The mbarrier objects in the shared memory of a CTA (PTX ISA 9.7.13.15). What is asynchronous and announces its end at an
 * mbarrier happens when a thread waits there, and no sooner.
 */
final class MemoryBarriers {
  /** Something that happens when a thread waits. */
  private interface Deferred {
    void happen(Barrier barrier);
  }

  private static final class Barrier {
    final int count;
    final WarpOrder.Clock arrivals;
    final WarpOrder.Clock completed;
    final List<Deferred> deferred = new ArrayList<>();
    int missing;
    long bytes;
    int phase;

    Barrier(int count, WarpOrder order) {
      this.count = count;
      this.missing = count;
      this.arrivals = order.newClock();
      this.completed = order.newClock();
    }

    void completeIfDone() {
      if (missing == 0 && bytes == 0) {
        phase++;
        missing = count;
        completed.join(arrivals);
        arrivals.clear();
      }
    }
  }

  private static final int BYTES = 8;

  private final Cta cta;
  private final Map<Integer, Barrier> barriers = new HashMap<>();

  MemoryBarriers(Cta cta) {
    this.cta = cta;
  }

  void reset() {
    barriers.clear();
  }

  void init(Warp w, int lane, long address, int count) {
    int at = cta.shared.write(w, lane, address, BYTES);
    if (count < 1) {
      throw w.fault(FaultKind.INVALID_OPERAND, lane, "an mbarrier expects at least 1 arrival, not " + count);
    }
    barriers.put(at, new Barrier(count, cta.order));
  }

  void invalidate(Warp w, int lane, long address) {
    barriers.remove(find(w, lane, address));
  }

  private int find(Warp w, int lane, long address) {
    int at = cta.shared.reachable(w, lane, address, BYTES, "mbarrier operation");
    if (!barriers.containsKey(at)) {
      throw w.fault(FaultKind.UNWRITTEN_READ, lane, "there is no initialised mbarrier at shared address " + address);
    }
    return cta.shared.atomic(w, lane, address, BYTES);
  }

  private Barrier barrier(Warp w, int lane, long address) {
    return barriers.get(find(w, lane, address));
  }

  /** {@code count} threads arrive; the phase before the arrival is returned. */
  int arrive(Warp w, int lane, long address, int count) {
    Barrier b = barrier(w, lane, address);
    int phase = b.phase;
    if (count > b.missing) {
      throw w.fault(FaultKind.INVALID_OPERAND, lane,
          count + " arrivals at an mbarrier that expects " + b.missing + " more in this phase");
    }
    cta.order.arrive(w.number, lane, b.arrivals);
    b.missing -= count;
    b.completeIfDone();
    return phase;
  }

  void expect(Warp w, int lane, long address, long bytes) {
    barrier(w, lane, address).bytes += bytes;
  }

  /** Whether the phase of {@code parity} is over; if not, everything deferred happens before it looks again. */
  boolean test(Warp w, int lane, long address, int parity) {
    Barrier b = barrier(w, lane, address);
    if (!over(b, parity)) {
      List<Deferred> due = List.copyOf(b.deferred);
      b.deferred.clear();
      due.forEach(d -> d.happen(b));
    }
    boolean over = over(b, parity);
    if (over) {
      cta.order.leave(w.number, b.completed);
    }
    return over;
  }

  private static boolean over(Barrier b, int parity) {
    return (b.phase & 1) != (parity & 1);
  }

  /**
   * A copy to {@code destination}, which was started there, arrives, and its bytes count, when a thread waits.
   *
   * @param move puts the bytes at their place in shared memory
   */
  void copy(Warp w, int lane, long address, int destination, int size, Consumer<byte[]> move) {
    Barrier b = barrier(w, lane, address);
    int instruction = w.instruction();
    b.deferred.add(barrier -> {
      move.accept(cta.shared.bytes);
      cta.shared.endCopy(cta.cluster.copyEngine(), 0, destination, size, instruction);
      cta.order.arrive(cta.cluster.copyEngine(), barrier.arrivals);
      barrier.bytes -= size;
      barrier.completeIfDone();
    });
  }

  /** cp.async.mbarrier.arrive.noinc: the thread arrives when its copies so far have. */
  void arriveAfterCopies(Warp w, int lane, long address) {
    Barrier b = barrier(w, lane, address);
    int started = w.copies.started();
    b.deferred.add(barrier -> {
      w.copies.landFirst(lane, started);
      cta.order.arrive(w.number, lane, barrier.arrivals);
      barrier.missing--;
      barrier.completeIfDone();
    });
  }
}
