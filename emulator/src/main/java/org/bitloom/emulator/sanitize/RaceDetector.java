package org.bitloom.emulator.sanitize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds races in the shared memory of one CTA: two accesses to the same bytes by different threads, one of them a write,
 * that no barrier orders. It keeps, per granule of memory, the last write (who, when) and the set of reads since, and per
 * warp how far it has seen every other warp (vector clocks, as in FastTrack, PLDI 2009, with warps as threads; lanes of one
 * warp are ordered by warp barriers only).
 */
public final class RaceDetector {
  /** What is wrong with an access. */
  public enum Finding {
    NONE, UNWRITTEN, COPY_IN_FLIGHT, RACE_WITH_WRITE, RACE_WITH_READ
  }

  /** What a barrier knows of the warps that arrived at it. */
  public static final class Clock {
    private final int[] seen;

    private Clock(int warps) {
      seen = new int[warps];
    }

    /** Forgets all arrivals. */
    public void clear() {
      Arrays.fill(seen, 0);
    }

    /** Takes over what {@code other} knows. */
    public void join(Clock other) {
      for (int i = 0; i < seen.length; i++) {
        seen[i] = Math.max(seen[i], other.seen[i]);
      }
    }
  }

  private static final int MANY = 32;
  private static final int ATOMIC = 33;
  private static final int LANE_BITS = 6;
  private static final int MAX_SETS = 1 << 16;

  private final int warps;
  private final int shift;
  private final int[] writeTime;
  private final int[] writer;
  private final int[] writerInstruction;
  private final int[] readSet;
  private final int[] lastReader;
  private final int[] pending;
  private final int[][] known;
  private final List<int[]> sets = new ArrayList<>();
  private int now;
  private int cachedFrom = -1;
  private int cachedTo;
  private int cachedWarp;
  private int cachedTime;
  private int other;
  private int otherInstruction;

  /** @param granuleShift log2 of the bytes watched as one */
  public RaceDetector(int bytes, int granuleShift, int warps) {
    this.warps = warps;
    this.shift = granuleShift;
    int granules = (bytes >> granuleShift) + 1;
    writeTime = new int[granules];
    writer = new int[granules];
    writerInstruction = new int[granules];
    readSet = new int[granules];
    lastReader = new int[granules];
    pending = new int[granules];
    known = new int[warps][warps];
    reset();
  }

  /** Forgets everything: a new CTA starts. */
  public void reset() {
    now = 1;
    Arrays.fill(writeTime, 0);
    Arrays.fill(readSet, 0);
    Arrays.fill(pending, 0);
    for (int[] row : known) {
      Arrays.fill(row, 0);
    }
    sets.clear();
    sets.add(new int[warps]);
    cachedFrom = -1;
  }

  /** A clock for a barrier. */
  public Clock newClock() {
    return new Clock(warps);
  }

  /** Warp {@code w} arrives: what it did so far is known to whoever leaves through {@code clock}. */
  public void arrive(int w, Clock clock) {
    now++;
    for (int i = 0; i < warps; i++) {
      clock.seen[i] = Math.max(clock.seen[i], known[w][i]);
    }
    clock.seen[w] = now;
    known[w][w] = now;
  }

  /** Warp {@code w} leaves a barrier with the knowledge of all that arrived. */
  public void leave(int w, Clock clock) {
    for (int i = 0; i < warps; i++) {
      known[w][i] = Math.max(known[w][i], clock.seen[i]);
    }
  }

  /** A barrier of warp {@code w} alone. */
  public void syncWarp(int w) {
    now++;
    known[w][w] = now;
  }

  /** The thread of the access that the last finding raced with, in words. */
  public String opponent() {
    int lane = other & (1 << LANE_BITS) - 1;
    return (lane < MANY ? "lane " + lane + " of " : "") + "warp " + (other >> LANE_BITS);
  }

  /** The instruction of the write that the last finding raced with. */
  public int opponentInstruction() {
    return otherInstruction;
  }

  /** Notes a read and says whether it is sound. */
  public Finding read(int w, int lane, int address, int bytes) {
    int me = w << LANE_BITS | lane;
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      int time = writeTime[g];
      if (pending[g] != 0) {
        return Finding.COPY_IN_FLIGHT;
      }
      if (time == 0) {
        return Finding.UNWRITTEN;
      }
      int from = writer[g];
      if (time >= known[w][from >> LANE_BITS] && from != me) {
        other = from;
        otherInstruction = writerInstruction[g];
        return Finding.RACE_WITH_WRITE;
      }
      if (readSet[g] != cachedFrom || cachedWarp != w || cachedTime != now) {
        findTransition(g, w);
      }
      int before = lastReader[g];
      if (before != me) {
        boolean shared = before >> LANE_BITS == w && sets.get(cachedFrom)[w] >= known[w][w];
        lastReader[g] = shared ? w << LANE_BITS | MANY : me;
      }
      readSet[g] = cachedTo;
    }
    return Finding.NONE;
  }

  /** Finds the set that the readers of granule {@code g} become when warp {@code w} reads now. */
  private void findTransition(int g, int w) {
    if (sets.size() >= MAX_SETS) {
      compact();
    }
    int from = readSet[g];
    int[] old = sets.get(from);
    cachedFrom = from;
    cachedWarp = w;
    cachedTime = now;
    cachedTo = from;
    if (old[w] != now) {
      int[] fresh = old.clone();
      fresh[w] = now;
      cachedTo = sets.size();
      sets.add(fresh);
    }
  }

  private void compact() {
    int[] moved = new int[sets.size()];
    List<int[]> kept = new ArrayList<>();
    kept.add(sets.getFirst());
    for (int g = 0; g < readSet.length; g++) {
      int set = readSet[g];
      if (set != 0) {
        if (moved[set] == 0) {
          moved[set] = kept.size();
          kept.add(sets.get(set));
        }
        readSet[g] = moved[set];
      }
    }
    sets.clear();
    sets.addAll(kept);
  }

  /** Notes a write by {@code instruction} and says whether it is sound. */
  public Finding write(int w, int lane, int address, int bytes, int instruction) {
    int me = w << LANE_BITS | lane;
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      Finding finding = checkWrite(w, me, g);
      if (finding != Finding.NONE) {
        return finding;
      }
      writeTime[g] = now;
      writerInstruction[g] = instruction;
      writer[g] = me;
      readSet[g] = 0;
    }
    return Finding.NONE;
  }

  private Finding checkWrite(int w, int me, int g) {
    if (pending[g] != 0) {
      return Finding.COPY_IN_FLIGHT;
    }
    int from = writer[g];
    int time = writeTime[g];
    if (time != 0 && time >= known[w][from >> LANE_BITS] && from != me) {
      other = from;
      otherInstruction = writerInstruction[g];
      return Finding.RACE_WITH_WRITE;
    }
    int set = readSet[g];
    if (set != 0) {
      int[] times = sets.get(set);
      for (int v = 0; v < warps; v++) {
        if (v != w && times[v] != 0 && times[v] >= known[w][v]) {
          other = v << LANE_BITS | MANY;
          return Finding.RACE_WITH_READ;
        }
      }
      int reader = lastReader[g];
      if (times[w] != 0 && times[w] >= known[w][w] && reader >> LANE_BITS == w && reader != me) {
        other = reader;
        return Finding.RACE_WITH_READ;
      }
    }
    return Finding.NONE;
  }

  /** Notes an atomic read-modify-write; atomics do not race with each other. */
  public Finding atomic(int w, int lane, int address, int bytes, int instruction) {
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      if (writeTime[g] == 0) {
        return Finding.UNWRITTEN;
      }
      boolean afterAtomic = (writer[g] & (1 << LANE_BITS) - 1) == ATOMIC;
      Finding finding = afterAtomic ? Finding.NONE : checkWrite(w, w << LANE_BITS | lane, g);
      if (finding != Finding.NONE) {
        return finding;
      }
      writeTime[g] = now;
      writerInstruction[g] = instruction;
      writer[g] = w << LANE_BITS | ATOMIC;
      readSet[g] = 0;
    }
    return Finding.NONE;
  }

  /** An asynchronous copy to these bytes starts: until it ends nobody may touch them. */
  public Finding startCopy(int w, int lane, int address, int bytes) {
    int me = w << LANE_BITS | lane;
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      Finding finding = checkWrite(w, me, g);
      if (finding != Finding.NONE) {
        return finding;
      }
      pending[g]++;
    }
    return Finding.NONE;
  }

  /** The copy has arrived, as a write of the thread that waited for it. */
  public void endCopy(int w, int lane, int address, int bytes, int instruction) {
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      pending[g]--;
      writeTime[g] = now;
      writerInstruction[g] = instruction;
      writer[g] = w << LANE_BITS | lane;
      readSet[g] = 0;
    }
  }
}
