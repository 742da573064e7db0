package org.bitloom.runtime.api;

/** An inclusive range of integers that a schedule's number must lie in. */
public record Bounds(int low, int high) {
  public Bounds {
    if (low < 1 || high < low) {
      throw new IllegalArgumentException("bounds " + low + ".." + high + " are empty or not positive");
    }
  }

  /** Whether {@code value} lies inside, both ends included. */
  public boolean holds(int value) {
    return low <= value && value <= high;
  }

  @Override
  public String toString() {
    return low + ".." + high;
  }
}
