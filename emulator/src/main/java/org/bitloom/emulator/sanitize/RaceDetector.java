package org.bitloom.emulator.sanitize;

import java.util.Arrays;

/**
 * Finds races in the shared memory of one CTA: two accesses to the same bytes by different threads, one of them a write,
 * that no barrier orders. It keeps, per granule of memory, the last write, and per granule and warp the last read; lanes of
 * one warp are ordered by warp barriers only.
 */
public final class RaceDetector {
  /** What is wrong with an access. */
  public enum Finding {
    NONE, UNWRITTEN, COPY_IN_FLIGHT, RACE_WITH_WRITE, RACE_WITH_READ
  }

  private static final int MANY = 32;
  private static final int ATOMIC = 33;
  private static final int LANE_BITS = 6;
  private static final int LANE_MASK = (1 << LANE_BITS) - 1;
  private static final int THREAD_BITS = 16;
  private static final int THREAD_MASK = (1 << THREAD_BITS) - 1;
  private static final int INSTRUCTION_BITS = 22;
  private static final int INSTRUCTION_MASK = (1 << INSTRUCTION_BITS) - 1;
  private static final int TIME_SHIFT = THREAD_BITS + INSTRUCTION_BITS;
  private static final long IN_FLIGHT = -1;

  private final WarpOrder order;
  private final int shift;

  /** The last write of every granule: its time, instruction, warp and lane in one number. */
  private final long[] written;
  /** The warps that read since, as bits; warps 64 apart share one. */
  private final long[] readers;
  /** The last read of every warp and granule: its time and lane. What is older than the last write harms nobody. */
  private final int[][] reads;
  private int inFlight;
  private int base;
  private int other;
  private int otherInstruction;

  /** @param granuleShift log2 of the bytes watched as one */
  public RaceDetector(int bytes, int granuleShift, WarpOrder order) {
    this.order = order;
    this.shift = granuleShift;
    int granules = (bytes >> granuleShift) + 1;
    written = new long[granules];
    readers = new long[granules];
    reads = new int[order.warps()][];
    base = order.base();
  }

  /** Forgets everything: a new CTA starts. What was written before counts as never written. */
  public void reset() {
    if (inFlight != 0 || order.base() < base) {
      Arrays.fill(written, 0);
      Arrays.stream(reads).filter(r -> r != null).forEach(r -> Arrays.fill(r, 0));
      inFlight = 0;
    }
    base = order.base();
  }

  /** The warp of the access that the last finding raced with. */
  public int opponentWarp() {
    return other >> LANE_BITS;
  }

  /** The lane of the access that the last finding raced with, or -1 for more than one. */
  public int opponentLane() {
    int lane = other & LANE_MASK;
    return lane < MANY ? lane : -1;
  }

  /** The instruction of the write that the last finding raced with. */
  public int opponentInstruction() {
    return otherInstruction;
  }

  /** Notes a read and says whether it is sound. */
  public Finding read(int w, int lane, int address, int bytes) {
    int first = address >> shift;
    int last = (address + bytes - 1) >> shift;
    int me = w << LANE_BITS | lane;
    int[] known = order.known(w);
    long sound = IN_FLIGHT;
    for (int g = first; g <= last; g++) {
      long by = written[g];
      if (by != sound || by == IN_FLIGHT) {
        Finding finding = checkRead(by, me, known);
        if (finding != Finding.NONE) {
          return finding;
        }
        sound = by;
      }
    }
    noteRead(w, lane, first, last);
    return Finding.NONE;
  }

  private Finding checkRead(long by, int me, int[] known) {
    int time = (int) (by >> TIME_SHIFT);
    if (time < base) {
      return by == IN_FLIGHT ? Finding.COPY_IN_FLIGHT : Finding.UNWRITTEN;
    }
    int from = (int) by & THREAD_MASK;
    return time >= known[from >> LANE_BITS] && from != me ? raceWithWriter(by) : Finding.NONE;
  }

  private void noteRead(int w, int lane, int first, int last) {
    int[] mine = reads[w];
    if (mine == null) {
      mine = new int[written.length];
      reads[w] = mine;
    }
    long bit = 1L << w;
    int stamp = order.now() << LANE_BITS | lane;
    int since = order.known(w)[w];
    for (int g = first; g <= last; g++) {
      int before = mine[g];
      boolean alone = before >> LANE_BITS < since || (before & LANE_MASK) == lane;
      mine[g] = alone ? stamp : stamp & ~LANE_MASK | MANY;
      readers[g] |= bit;
    }
  }

  private Finding raceWithWriter(long by) {
    other = (int) by & THREAD_MASK;
    otherInstruction = (int) (by >> THREAD_BITS) & INSTRUCTION_MASK;
    return Finding.RACE_WITH_WRITE;
  }

  /** Notes a write by {@code instruction} and says whether it is sound. */
  public Finding write(int w, int lane, int address, int bytes, int instruction) {
    int me = w << LANE_BITS | lane;
    int last = (address + bytes - 1) >> shift;
    int[] known = order.known(w);
    long mark = mark(me, instruction);
    for (int g = address >> shift; g <= last; g++) {
      Finding finding = checkWrite(w, me, g, known);
      if (finding != Finding.NONE) {
        return finding;
      }
      written[g] = mark;
      readers[g] = 0;
    }
    return Finding.NONE;
  }

  private long mark(int thread, int instruction) {
    return (long) order.now() << TIME_SHIFT | (long) Math.min(instruction, INSTRUCTION_MASK) << THREAD_BITS | thread;
  }

  private Finding checkWrite(int w, int me, int g, int[] known) {
    long by = written[g];
    int time = (int) (by >> TIME_SHIFT);
    if (time < base) {
      return by == IN_FLIGHT ? Finding.COPY_IN_FLIGHT : Finding.NONE;
    }
    int from = (int) by & THREAD_MASK;
    if (time >= known[from >> LANE_BITS] && from != me) {
      return raceWithWriter(by);
    }
    return readers[g] == 0 ? Finding.NONE : checkReaders(w, me & LANE_MASK, g, known);
  }

  private Finding checkReaders(int w, int lane, int g, int[] known) {
    for (long left = readers[g]; left != 0; left &= left - 1) {
      for (int v = Long.numberOfTrailingZeros(left); v < reads.length; v += Long.SIZE) {
        int read = reads[v] == null ? 0 : reads[v][g];
        boolean mine = v == w && (read & LANE_MASK) == lane;
        if (read >> LANE_BITS >= known[v] && !mine) {
          other = v << LANE_BITS | read & LANE_MASK;
          return Finding.RACE_WITH_READ;
        }
      }
    }
    return Finding.NONE;
  }

  /** Notes an atomic read-modify-write; atomics do not race with each other. */
  public Finding atomic(int w, int lane, int address, int bytes, int instruction) {
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      long by = written[g];
      boolean live = (int) (by >> TIME_SHIFT) >= base;
      if (!live && by != IN_FLIGHT) {
        return Finding.UNWRITTEN;
      }
      boolean afterAtomic = live && (by & LANE_MASK) == ATOMIC;
      Finding finding = afterAtomic ? Finding.NONE : checkWrite(w, w << LANE_BITS | lane, g, order.known(w));
      if (finding != Finding.NONE) {
        return finding;
      }
      written[g] = mark(w << LANE_BITS | ATOMIC, instruction);
      readers[g] = 0;
    }
    return Finding.NONE;
  }

  /** An asynchronous copy to these bytes starts: until it ends nobody may touch them. */
  public Finding startCopy(int w, int lane, int address, int bytes) {
    int me = w << LANE_BITS | lane;
    int first = address >> shift;
    int last = (address + bytes - 1) >> shift;
    int[] known = order.known(w);
    for (int g = first; g <= last; g++) {
      Finding finding = checkWrite(w, me, g, known);
      if (finding != Finding.NONE) {
        return finding;
      }
    }
    for (int g = first; g <= last; g++) {
      written[g] = IN_FLIGHT;
    }
    inFlight += last + 1 - first;
    return Finding.NONE;
  }

  /** The copy has arrived, as a write of the thread that waited for it. */
  public void endCopy(int w, int lane, int address, int bytes, int instruction) {
    int first = address >> shift;
    int last = (address + bytes - 1) >> shift;
    long mark = mark(w << LANE_BITS | lane, instruction);
    for (int g = first; g <= last; g++) {
      written[g] = mark;
      readers[g] = 0;
    }
    inFlight -= last + 1 - first;
  }
}
