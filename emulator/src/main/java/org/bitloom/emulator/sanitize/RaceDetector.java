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
  private static final int LANE_MASK = (1 << LANE_BITS) - 1;
  private static final int MAX_SETS = 1 << 16;
  private static final int LAST_TIME = 1 << 30;
  private static final int RECENT = 64;

  /** The state of a granule: when it was written (or that a copy is in flight), by whom, who read since, who last. */
  private static final int TIME = 0;
  private static final int WRITER = 1;
  private static final int SET = 2;
  private static final int READER = 3;
  private static final int STATES_SHIFT = 2;
  private static final int IN_FLIGHT = -1;

  private final int warps;
  private final int shift;
  private final int[] state;
  private final int[] writerInstruction;
  private final int[][] known;
  private final List<int[]> sets = new ArrayList<>();
  private final Transition[] recent = new Transition[RECENT];
  private int now;
  private int base;
  private int inFlight;
  private int other;
  private int otherInstruction;

  /** What the readers {@code from} become when a warp reads at a time, and when that warp had read before. */
  private static final class Transition {
    int from = -1;
    int to;
    int warp;
    int time;
    int before;
  }

  /** @param granuleShift log2 of the bytes watched as one */
  public RaceDetector(int bytes, int granuleShift, int warps) {
    this.warps = warps;
    this.shift = granuleShift;
    int granules = (bytes >> granuleShift) + 1;
    state = new int[granules << STATES_SHIFT];
    writerInstruction = new int[granules];
    known = new int[warps][warps];
    Arrays.setAll(recent, i -> new Transition());
    reset();
  }

  /** Forgets everything: a new CTA starts. What was written before {@code base} counts as never written. */
  public void reset() {
    if (inFlight != 0 || now > LAST_TIME) {
      Arrays.fill(state, 0);
      inFlight = 0;
      now = 0;
    }
    base = ++now;
    for (int[] row : known) {
      Arrays.fill(row, 0);
    }
    forgetSets();
  }

  private void forgetSets() {
    sets.clear();
    sets.add(new int[warps]);
    forgetTransitions();
  }

  private void forgetTransitions() {
    for (Transition t : recent) {
      t.from = -1;
    }
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
    int lane = other & LANE_MASK;
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
    int[] knownToMe = known[w];
    for (int g = address >> shift; g <= last; g++) {
      int at = g << STATES_SHIFT;
      int time = state[at + TIME];
      if (time < base) {
        return time == IN_FLIGHT ? Finding.COPY_IN_FLIGHT : Finding.UNWRITTEN;
      }
      int from = state[at + WRITER];
      if (time >= knownToMe[from >> LANE_BITS] && from != me) {
        return raceWithWriter(g);
      }
      int set = state[at + SET];
      Transition t = recent[set & (RECENT - 1)];
      if (t.from != set || t.warp != w || t.time != now) {
        t = transition(g, w);
      }
      int reader = state[at + READER];
      if (reader != me) {
        boolean together = reader >> LANE_BITS == w && t.before >= knownToMe[w];
        state[at + READER] = together ? w << LANE_BITS | MANY : me;
      }
      state[at + SET] = t.to;
    }
    return Finding.NONE;
  }

  private Finding raceWithWriter(int g) {
    other = state[(g << STATES_SHIFT) + WRITER];
    otherInstruction = writerInstruction[g];
    return Finding.RACE_WITH_WRITE;
  }

  /** Finds what the set of readers of granule {@code g} becomes when warp {@code w} reads now. */
  private Transition transition(int g, int w) {
    if (sets.size() >= MAX_SETS) {
      compact();
    }
    int from = state[(g << STATES_SHIFT) + SET];
    int[] old = sets.get(from);
    Transition t = recent[from & (RECENT - 1)];
    t.from = from;
    t.warp = w;
    t.time = now;
    t.to = from;
    t.before = old[w];
    if (old[w] != now) {
      int[] fresh = old.clone();
      fresh[w] = now;
      t.to = sets.size();
      sets.add(fresh);
    }
    return t;
  }

  private void compact() {
    int[] moved = new int[sets.size()];
    List<int[]> kept = new ArrayList<>();
    kept.add(sets.getFirst());
    for (int at = 0; at < state.length; at += 1 << STATES_SHIFT) {
      int set = state[at + TIME] >= base ? state[at + SET] : 0;
      if (set != 0 && moved[set] == 0) {
        moved[set] = kept.size();
        kept.add(sets.get(set));
      }
      state[at + SET] = moved[set];
    }
    sets.clear();
    sets.addAll(kept);
    forgetTransitions();
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
      setWritten(g, me, instruction);
    }
    return Finding.NONE;
  }

  private void setWritten(int g, int by, int instruction) {
    int at = g << STATES_SHIFT;
    state[at + TIME] = now;
    state[at + WRITER] = by;
    state[at + SET] = 0;
    writerInstruction[g] = instruction;
  }

  private Finding checkWrite(int w, int me, int g) {
    int at = g << STATES_SHIFT;
    int time = state[at + TIME];
    if (time < base) {
      return time == IN_FLIGHT ? Finding.COPY_IN_FLIGHT : Finding.NONE;
    }
    int from = state[at + WRITER];
    if (time >= known[w][from >> LANE_BITS] && from != me) {
      return raceWithWriter(g);
    }
    return state[at + SET] == 0 ? Finding.NONE : checkReaders(w, me, at);
  }

  private Finding checkReaders(int w, int me, int at) {
    int[] times = sets.get(state[at + SET]);
    for (int v = 0; v < warps; v++) {
      if (v != w && times[v] != 0 && times[v] >= known[w][v]) {
        other = v << LANE_BITS | MANY;
        return Finding.RACE_WITH_READ;
      }
    }
    int reader = state[at + READER];
    if (times[w] != 0 && times[w] >= known[w][w] && reader >> LANE_BITS == w && reader != me) {
      other = reader;
      return Finding.RACE_WITH_READ;
    }
    return Finding.NONE;
  }

  /** Notes an atomic read-modify-write; atomics do not race with each other. */
  public Finding atomic(int w, int lane, int address, int bytes, int instruction) {
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      int at = g << STATES_SHIFT;
      boolean written = state[at + TIME] >= base;
      if (!written && state[at + TIME] != IN_FLIGHT) {
        return Finding.UNWRITTEN;
      }
      boolean afterAtomic = written && (state[at + WRITER] & LANE_MASK) == ATOMIC;
      Finding finding = afterAtomic ? Finding.NONE : checkWrite(w, w << LANE_BITS | lane, g);
      if (finding != Finding.NONE) {
        return finding;
      }
      setWritten(g, w << LANE_BITS | ATOMIC, instruction);
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
      state[(g << STATES_SHIFT) + TIME] = IN_FLIGHT;
      inFlight++;
    }
    return Finding.NONE;
  }

  /** The copy has arrived, as a write of the thread that waited for it. */
  public void endCopy(int w, int lane, int address, int bytes, int instruction) {
    int last = (address + bytes - 1) >> shift;
    for (int g = address >> shift; g <= last; g++) {
      setWritten(g, w << LANE_BITS | lane, instruction);
      inFlight--;
    }
  }
}
