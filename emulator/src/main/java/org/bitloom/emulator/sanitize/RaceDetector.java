package org.bitloom.emulator.sanitize;

import java.util.Arrays;

/**
 * Finds races in the shared memory of one CTA: two accesses to the same bytes by different threads, one of them a write,
 * that no barrier orders. It keeps, per place, the last write, and per place and warp the last read; lanes of one warp are
 * ordered by warp barriers only. A place is 16 bytes that all accesses of late touched as a whole, else 4 bytes, else the
 * narrowest that the kernel accesses.
 */
public final class RaceDetector {
  /** What is wrong with an access. */
  public enum Finding {
    NONE, UNWRITTEN, COPY_IN_FLIGHT, RACE_WITH_WRITE, RACE_WITH_READ, UNFENCED
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

  private static final int BLOCK_SHIFT = 4;
  private static final int BLOCK = 1 << BLOCK_SHIFT;
  private static final int WORD_SHIFT = 2;
  private static final int SHIFT_BITS = 3;
  private static final int SHIFT_MASK = (1 << SHIFT_BITS) - 1;

  private final WarpOrder order;
  private final int finest;

  /** Of every block of 16 bytes log2 of the bytes of its places and, above these bits, the entry of the first of them. */
  private final int[] places;
  /** First entry of every block that is divided, or was once. An undivided block has the entry of its number. */
  private final int[] divided;
  private int entries;
  /** The last write of every entry's place: its time, instruction, warp and lane in one number. */
  private long[] written;
  /** The warps that read since, as bits; warps 64 apart share one. */
  private long[] readers;
  /** The last read of every warp: its time and lane. What is older than the last write harms nobody. */
  private final int[][] reads;
  private int inFlight;
  private int base;
  private Finding found = Finding.NONE;
  private int other;
  private int otherInstruction;

  /** @param granuleShift log2 of the bytes of the narrowest access, at most 2 */
  public RaceDetector(int bytes, int granuleShift, WarpOrder order) {
    this.order = order;
    this.finest = granuleShift;
    entries = (bytes >> BLOCK_SHIFT) + 1;
    places = new int[entries];
    Arrays.setAll(places, RaceDetector::undivided);
    divided = new int[entries];
    written = new long[entries];
    readers = new long[entries];
    reads = new int[order.warps()][0];
    base = order.base();
  }

  /** Forgets everything: a new CTA starts. What was written before counts as never written. */
  public void reset() {
    if (inFlight != 0 || order.base() < base) {
      Arrays.fill(written, 0);
      Arrays.stream(reads).forEach(r -> Arrays.fill(r, 0));
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

  /** What is wrong with the access of the lane that {@link #readLanes} or {@link #writeLanes} last named. */
  public Finding found() {
    return found;
  }

  /** The bytes of the largest place from {@code address} to at most {@code end}; larger ones there are divided. */
  private int place(int address, int end) {
    int shift = places[address >> BLOCK_SHIFT] & SHIFT_MASK;
    while (shift > finest && ((address & (1 << shift) - 1) != 0 || end - address < 1 << shift)) {
      shift = divide(address >> BLOCK_SHIFT, shift);
    }
    return 1 << shift;
  }

  /** Where the place ends that has {@code size} bytes and holds {@code address}. */
  private static int after(int address, int size) {
    return (address | size - 1) + 1;
  }

  private int entry(int address) {
    return entry(places[address >> BLOCK_SHIFT], address);
  }

  private static int entry(int block, int address) {
    return (block >> SHIFT_BITS) + ((address & BLOCK - 1) >> (block & SHIFT_MASK));
  }

  private static int undivided(int block) {
    return block << SHIFT_BITS | BLOCK_SHIFT;
  }

  /** Divides every place of a block; the parts keep its state. */
  private int divide(int block, int shift) {
    int smaller = shift == BLOCK_SHIFT ? WORD_SHIFT : finest;
    if (divided[block] == 0) {
      divided[block] = entries;
      entries += BLOCK >> finest;
      if (entries > written.length) {
        written = Arrays.copyOf(written, 2 * entries);
        readers = Arrays.copyOf(readers, 2 * entries);
      }
    }
    for (int part = (BLOCK >> smaller) - 1; part >= 0; part--) {
      int from = entry((block << BLOCK_SHIFT) + (part << smaller));
      int to = divided[block] + part;
      written[to] = written[from];
      readers[to] = readers[from];
      for (long left = readers[from]; left != 0; left &= left - 1) {
        for (int v = Long.numberOfTrailingZeros(left); v < reads.length; v += Long.SIZE) {
          if (from < reads[v].length) {
            readsOf(v, to)[to] = reads[v][from];
          }
        }
      }
    }
    places[block] = divided[block] << SHIFT_BITS | smaller;
    return smaller;
  }

  /** The reads of warp {@code w}, at least to {@code entry}. */
  private int[] readsOf(int w, int entry) {
    if (entry >= reads[w].length) {
      reads[w] = Arrays.copyOf(reads[w], written.length);
    }
    return reads[w];
  }

  /** Notes a read and says whether it is sound. */
  public Finding read(int w, int lane, int address, int bytes) {
    int me = w << LANE_BITS | lane;
    int[] known = order.known(w);
    int stamp = order.now() << LANE_BITS | lane;
    int since = known[w] << LANE_BITS;
    long bit = 1L << w;
    int end = address + bytes;
    for (int at = address, size; at < end; at = after(at, size)) {
      size = place(at, end);
      int g = entry(at);
      Finding finding = checkRead(written[g], me, known);
      if (finding != Finding.NONE) {
        return finding;
      }
      int[] mine = readsOf(w, g);
      int before = mine[g];
      mine[g] = before < since || (before & LANE_MASK) == lane ? stamp : stamp | MANY;
      readers[g] |= bit;
    }
    return Finding.NONE;
  }

  /**
   * Notes reads of {@code bytes} bytes by the lanes of {@code mask}.
   *
   * @param addresses one a lane
   * @return the first lane whose read is not sound, or -1
   */
  public int readLanes(int w, int mask, int[] addresses, int bytes) {
    int[] known = order.known(w);
    int now = order.now() << LANE_BITS;
    int since = known[w] << LANE_BITS;
    long bit = 1L << w;
    for (int m = mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      int at = addresses[l];
      int block = places[at >> BLOCK_SHIFT];
      int g = entry(block, at);
      int[] mine = reads[w];
      Finding finding;
      if (1 << (block & SHIFT_MASK) == bytes && (at & bytes - 1) == 0 && g < mine.length) {
        finding = checkRead(written[g], w << LANE_BITS | l, known);
        int before = mine[g];
        mine[g] = before < since || (before & LANE_MASK) == l ? now | l : now | l | MANY;
        readers[g] |= bit;
      } else {
        finding = read(w, l, at, bytes);
      }
      if (finding != Finding.NONE) {
        found = finding;
        return l;
      }
    }
    return -1;
  }

  /**
   * As {@link #read}, for a read through the asynchronous proxy: writes of threads before it want a fence.
   *
   * @param fenced by warp, from {@link WarpOrder#fenced} when the read was started
   */
  public Finding readByProxy(int w, int lane, int address, int bytes, int[] fenced) {
    Finding finding = read(w, lane, address, bytes);
    int end = address + bytes;
    for (int at = address, size; at < end && finding == Finding.NONE; at = after(at, size)) {
      size = place(at, end);
      long by = written[entry(at)];
      int from = ((int) by & THREAD_MASK) >> LANE_BITS;
      if (from != order.warps() - 1 && (int) (by >> TIME_SHIFT) >= fenced[from]) {
        raceWithWriter(by);
        finding = Finding.UNFENCED;
      }
    }
    return finding;
  }

  private Finding checkRead(long by, int me, int[] known) {
    int time = (int) (by >> TIME_SHIFT);
    if (time < base) {
      return by == IN_FLIGHT ? Finding.COPY_IN_FLIGHT : Finding.UNWRITTEN;
    }
    int from = (int) by & THREAD_MASK;
    return over(me, from, time, known) ? Finding.NONE : raceWithWriter(by);
  }

  private boolean over(int me, int from, int time, int[] known) {
    return time < known[from >> LANE_BITS] || from == me
        || order.laneKnown(me >> LANE_BITS, from >> LANE_BITS, from & LANE_MASK, time);
  }

  private Finding raceWithWriter(long by) {
    other = (int) by & THREAD_MASK;
    otherInstruction = (int) (by >> THREAD_BITS) & INSTRUCTION_MASK;
    return Finding.RACE_WITH_WRITE;
  }

  /** Notes a write by {@code instruction} and says whether it is sound. */
  public Finding write(int w, int lane, int address, int bytes, int instruction) {
    int me = w << LANE_BITS | lane;
    int end = address + bytes;
    Finding finding = checkWrites(w, me, address, end);
    if (finding == Finding.NONE) {
      setWritten(address, end, mark(me, instruction));
    }
    return finding;
  }

  /**
   * Notes writes of {@code bytes} bytes by the lanes of {@code mask}.
   *
   * @param addresses one a lane
   * @return the first lane whose write is not sound, or -1
   */
  public int writeLanes(int w, int mask, int[] addresses, int bytes, int instruction) {
    int[] known = order.known(w);
    long mark = mark(w << LANE_BITS, instruction);
    for (int m = mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      int at = addresses[l];
      int block = places[at >> BLOCK_SHIFT];
      Finding finding;
      if (1 << (block & SHIFT_MASK) == bytes && (at & bytes - 1) == 0) {
        int g = entry(block, at);
        finding = checkWrite(w, w << LANE_BITS | l, g, known);
        written[g] = mark | l;
        readers[g] = 0;
      } else {
        finding = write(w, l, at, bytes, instruction);
      }
      if (finding != Finding.NONE) {
        found = finding;
        return l;
      }
    }
    return -1;
  }

  private Finding checkWrites(int w, int me, int address, int end) {
    int[] known = order.known(w);
    for (int at = address, size; at < end; at = after(at, size)) {
      size = place(at, end);
      Finding finding = checkWrite(w, me, entry(at), known);
      if (finding != Finding.NONE) {
        return finding;
      }
    }
    return Finding.NONE;
  }

  /** Whole blocks become one place. */
  private void setWritten(int address, int end, long mark) {
    if (end - address == BLOCK && (address & BLOCK - 1) == 0) {
      int block = address >> BLOCK_SHIFT;
      places[block] = undivided(block);
      written[block] = mark;
      readers[block] = 0;
      return;
    }
    for (int block = (address + BLOCK - 1) >> BLOCK_SHIFT; block < end >> BLOCK_SHIFT; block++) {
      places[block] = undivided(block);
    }
    for (int at = address, size; at < end; at = after(at, size)) {
      size = place(at, end);
      int g = entry(at);
      written[g] = mark;
      readers[g] = 0;
    }
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
    if (!over(me, from, time, known)) {
      return raceWithWriter(by);
    }
    return readers[g] == 0 ? Finding.NONE : checkReaders(w, me & LANE_MASK, g, known);
  }

  private Finding checkReaders(int w, int lane, int g, int[] known) {
    for (long left = readers[g]; left != 0; left &= left - 1) {
      for (int v = Long.numberOfTrailingZeros(left); v < reads.length; v += Long.SIZE) {
        int read = g < reads[v].length ? reads[v][g] : 0;
        other = v << LANE_BITS | (read & LANE_MASK);
        if (!over(w << LANE_BITS | lane, other, read >> LANE_BITS, known)) {
          return Finding.RACE_WITH_READ;
        }
      }
    }
    return Finding.NONE;
  }

  /** Notes an atomic read-modify-write; atomics do not race with each other. */
  public Finding atomic(int w, int lane, int address, int bytes, int instruction) {
    int end = address + bytes;
    for (int at = address, size; at < end; at = after(at, size)) {
      size = place(at, end);
      Finding finding = checkAtomic(w, lane, entry(at));
      if (finding != Finding.NONE) {
        return finding;
      }
    }
    setWritten(address, end, mark(w << LANE_BITS | ATOMIC, instruction));
    return Finding.NONE;
  }

  private Finding checkAtomic(int w, int lane, int g) {
    long by = written[g];
    boolean live = (int) (by >> TIME_SHIFT) >= base;
    if (!live && by != IN_FLIGHT) {
      return Finding.UNWRITTEN;
    }
    boolean afterAtomic = live && (by & LANE_MASK) == ATOMIC;
    return afterAtomic ? Finding.NONE : checkWrite(w, w << LANE_BITS | lane, g, order.known(w));
  }

  /** An asynchronous copy to these bytes starts: until it ends nobody may touch them. */
  public Finding startCopy(int w, int lane, int address, int bytes) {
    Finding finding = checkWrites(w, w << LANE_BITS | lane, address, address + bytes);
    if (finding == Finding.NONE) {
      setWritten(address, address + bytes, IN_FLIGHT);
      inFlight += bytes;
    }
    return finding;
  }

  /** The copy has arrived, as a write of the thread that waited for it. */
  public void endCopy(int w, int lane, int address, int bytes, int instruction) {
    setWritten(address, address + bytes, mark(w << LANE_BITS | lane, instruction));
    inFlight -= bytes;
  }
}
