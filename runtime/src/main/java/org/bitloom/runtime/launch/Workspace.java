package org.bitloom.runtime.launch;

import org.bitloom.runtime.api.LaunchShape;

/**
 * The workspace that launches on one stream share.
 *
 * @param partialBytes bytes for partial sums
 * @param counters 32-bit counters that are 0 between launches
 * @param quantizedBytes bytes for quantized activations
 */
public record Workspace(long partialBytes, int counters, long quantizedBytes) {
  /** No workspace. */
  public static final Workspace NONE = new Workspace(0, 0, 0);

  /** The workspace that {@code shape} needs. */
  public static Workspace of(LaunchShape shape) {
    return new Workspace(shape.partialBytes(), shape.counters(), 0);
  }

  /** Room for quantized activations. */
  public static Workspace ofQuantized(long bytes) {
    return new Workspace(0, 0, bytes);
  }

  /** The smallest workspace that holds both. */
  public Workspace max(Workspace other) {
    return new Workspace(Math.max(partialBytes, other.partialBytes), Math.max(counters, other.counters),
        Math.max(quantizedBytes, other.quantizedBytes));
  }

  /** Whether {@code other} fits into this one. */
  public boolean holds(Workspace other) {
    return partialBytes >= other.partialBytes && counters >= other.counters && quantizedBytes >= other.quantizedBytes;
  }

  /** Whether a launch of {@code shape} fits into this one. */
  public boolean holds(LaunchShape shape) {
    return partialBytes >= shape.partialBytes() && counters >= shape.counters();
  }
}
