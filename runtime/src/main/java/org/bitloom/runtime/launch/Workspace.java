package org.bitloom.runtime.launch;

import org.bitloom.runtime.api.LaunchShape;

/**
 * The workspace that split-K launches on one stream share.
 *
 * @param partialBytes bytes for partial sums
 * @param counters 32-bit counters that are 0 between launches
 */
public record Workspace(long partialBytes, int counters) {
  /** No workspace. */
  public static final Workspace NONE = new Workspace(0, 0);

  /** The workspace that {@code shape} needs. */
  public static Workspace of(LaunchShape shape) {
    return new Workspace(shape.partialBytes(), shape.counters());
  }

  /** The smallest workspace that holds both. */
  public Workspace max(Workspace other) {
    return new Workspace(Math.max(partialBytes, other.partialBytes), Math.max(counters, other.counters));
  }

  /** Whether {@code other} fits into this one. */
  public boolean holds(Workspace other) {
    return partialBytes >= other.partialBytes && counters >= other.counters;
  }

  /** Whether a launch of {@code shape} fits into this one. */
  public boolean holds(LaunchShape shape) {
    return partialBytes >= shape.partialBytes() && counters >= shape.counters();
  }
}
