package org.bitloom.emulator.sanitize;

import java.util.Arrays;

/**
 * Which accesses of which warps are known to be over: how far every warp has seen every other one. Time passes at barriers
 * (vector clocks, as in FastTrack, PLDI 2009, with warps as threads).
 */
public final class WarpOrder {
  /** What a barrier knows of the warps that arrived at it. */
  public static final class Clock {
    private final int[] seen;
    private final int[] fenced;
    private int[] lanes = NO_LANES;

    private Clock(int warps) {
      seen = new int[warps];
      fenced = new int[warps];
    }

    /** Forgets all arrivals. */
    public void clear() {
      Arrays.fill(seen, 0);
      Arrays.fill(fenced, 0);
      lanes = NO_LANES;
    }

    /** Takes over what {@code other} knows. */
    public void join(Clock other) {
      raise(seen, other.seen);
      raise(fenced, other.fenced);
      lanes = joined(lanes, other.lanes);
    }
  }

  /** Bits of a time. */
  static final int TIME_BITS = 25;
  private static final int LAST = (1 << TIME_BITS) - 1;
  private static final int LANES = 32;
  private static final int[] NO_LANES = {};

  private final int warps;
  private final int[][] known;
  private final int[][] fenced;
  private final int[] waited;
  /** Of each warp what lanes of others did before they arrived alone; nothing until one has. */
  private final int[][] lanes;
  private int now;
  private int base;

  /** An order of {@code warps} warps; whatever else acts counts as a warp too. */
  public WarpOrder(int warps) {
    this.warps = warps;
    known = new int[warps][warps];
    fenced = new int[warps][warps];
    waited = new int[warps];
    lanes = new int[warps][];
    reset();
  }

  private static void raise(int[] to, int[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] = Math.max(to[i], from[i]);
    }
  }

  private static int[] joined(int[] to, int[] from) {
    if (to.length == 0 || from.length == 0) {
      return to.length == 0 ? from.clone() : to;
    }
    raise(to, from);
    return to;
  }

  /** The warps start anew; times go on, so that what happened before is told apart, or begin again at 1. */
  public void reset() {
    now = now > LAST / 2 ? 1 : now + 1;
    base = now;
    for (int[] row : known) {
      Arrays.fill(row, base);
    }
    for (int[] row : fenced) {
      Arrays.fill(row, base);
    }
    Arrays.fill(waited, LAST);
    Arrays.fill(lanes, NO_LANES);
  }

  /** How many warps there are. */
  int warps() {
    return warps;
  }

  /** The current time. */
  int now() {
    return now;
  }

  /** When the warps started. */
  int base() {
    return base;
  }

  /** For each warp the time from which on its accesses are unknown to warp {@code w}. */
  int[] known(int w) {
    return known[w];
  }

  /** For each warp the time from which on no fence.proxy.async orders its accesses before what warp {@code w} starts. */
  public int[] fenced(int w) {
    return fenced[w].clone();
  }

  private int tick() {
    if (now == LAST) {
      throw new IllegalStateException("more than " + LAST / 2 + " arrivals at barriers");
    }
    return ++now;
  }

  /** A clock for a barrier. */
  public Clock newClock() {
    return new Clock(warps);
  }

  /** Warp {@code w} arrives: what it did so far is known to whoever leaves through {@code clock}. */
  public void arrive(int w, Clock clock) {
    pass(w, clock);
    known[w][w] = tick();
    clock.seen[w] = now;
  }

  /**
   * One lane of warp {@code w} arrives: what the other lanes did since they last met is not over for whoever leaves through
   * {@code clock}.
   */
  public void arrive(int w, int lane, Clock clock) {
    pass(w, clock);
    if (clock.lanes.length == 0) {
      clock.lanes = new int[warps * LANES];
    }
    clock.lanes[w * LANES + lane] = tick();
  }

  private void pass(int w, Clock clock) {
    raise(clock.seen, known[w]);
    raise(clock.fenced, fenced[w]);
    clock.lanes = joined(clock.lanes, lanes[w]);
  }

  /**
   * Whether warp {@code w} knows that what a lane of warp {@code from} did at {@code time} is over, from an arrival of that
   * lane alone.
   *
   * @param lane of the warp; another number stands for all lanes
   */
  boolean laneKnown(int w, int from, int lane, int time) {
    if (lanes[w].length == 0) {
      return false;
    }
    int first = lane < LANES ? lane : 0;
    int last = lane < LANES ? lane : LANES - 1;
    for (int l = first; l <= last; l++) {
      if (time >= lanes[w][from * LANES + l]) {
        return false;
      }
    }
    return true;
  }

  /** Warp {@code w} leaves a barrier with the knowledge of all that arrived. */
  public void leave(int w, Clock clock) {
    raise(known[w], clock.seen);
    raise(fenced[w], clock.fenced);
    lanes[w] = joined(lanes[w], clock.lanes);
  }

  /**
   * fence.proxy.async (PTX ISA 9.7.13.4): what warp {@code w} knows, and did itself, comes before asynchronous accesses that
   * it starts, or that others start who learn of the fence.
   */
  public void fenceProxy(int w) {
    raise(fenced[w], known[w]);
    for (int i = 0; i < lanes[w].length; i++) {
      fenced[w][i / LANES] = Math.max(fenced[w][i / LANES], lanes[w][i]);
    }
    fenced[w][w] = tick();
  }

  /** griddepcontrol.wait (PTX ISA 9.7.13.13): what warp {@code w} does, and who learns of it, comes behind earlier launches. */
  public void waitForEarlierLaunches(int w) {
    waited[w] = Math.min(waited[w], now);
    known[w][w] = tick();
  }

  /** Whether warp {@code w} waited for earlier launches, or knows of a warp that did. */
  public boolean behindEarlierLaunches(int w) {
    for (int other = 0; other < warps; other++) {
      if (waited[other] < known[w][other]) {
        return true;
      }
    }
    return false;
  }

  /** A barrier of warp {@code w} alone. */
  public void syncWarp(int w) {
    known[w][w] = tick();
  }
}
