package org.bitloom.dsl.model;

/** An inclusive range of integers, {@code low..high}. */
public record Range(int low, int high) {
  public Range {
    if (low < 1 || high < low) {
      throw new IllegalArgumentException("range " + low + ".." + high + " is empty or not positive");
    }
  }

  /** Whether {@code value} lies inside, both ends included. */
  public boolean holds(int value) {
    return low <= value && value <= high;
  }
}
