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

    private Clock(int warps) {
      seen = new int[warps];
      fenced = new int[warps];
    }

    /** Forgets all arrivals. */
    public void clear() {
      Arrays.fill(seen, 0);
      Arrays.fill(fenced, 0);
    }

    /** Takes over what {@code other} knows. */
    public void join(Clock other) {
      raise(seen, other.seen);
      raise(fenced, other.fenced);
    }
  }

  /** Bits of a time. */
  static final int TIME_BITS = 25;
  private static final int LAST = (1 << TIME_BITS) - 1;

  private final int warps;
  private final int[][] known;
  private final int[][] fenced;
  private final int[] waited;
  private int now;
  private int base;

  /** An order of {@code warps} warps; whatever else acts counts as a warp too. */
  public WarpOrder(int warps) {
    this.warps = warps;
    known = new int[warps][warps];
    fenced = new int[warps][warps];
    waited = new int[warps];
    reset();
  }

  private static void raise(int[] to, int[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] = Math.max(to[i], from[i]);
    }
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
    raise(clock.seen, known[w]);
    raise(clock.fenced, fenced[w]);
    known[w][w] = tick();
    clock.seen[w] = now;
  }

  /** Warp {@code w} leaves a barrier with the knowledge of all that arrived. */
  public void leave(int w, Clock clock) {
    raise(known[w], clock.seen);
    raise(fenced[w], clock.fenced);
  }

  /**
   * fence.proxy.async (PTX ISA 9.7.13.4): what warp {@code w} knows, and did itself, comes before asynchronous accesses that
   * it starts, or that others start who learn of the fence.
   */
  public void fenceProxy(int w) {
    raise(fenced[w], known[w]);
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
