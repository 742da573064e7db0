package org.bitloom.runtime.api;

import java.util.Arrays;

/** The value of every code of a format, before scales; NaN where a code stands for no weight. Immutable. */
public final class DecodeTable implements ElementInfo {
  private final float[] values;

  private DecodeTable(float[] values) {
    this.values = values;
  }

  /** A table of 2^bits values, code 0 first. */
  public static DecodeTable of(float... values) {
    if (values.length < 2 || values.length > 256 || Integer.bitCount(values.length) != 1) {
      throw new IllegalArgumentException("a decode table has 2, 4, ... 256 values, not " + values.length);
    }
    return new DecodeTable(values.clone());
  }

  /** Number of codes. */
  public int size() {
    return values.length;
  }

  /** Value of {@code code}. */
  public float value(int code) {
    return values[code];
  }

  /** Whether neighbouring values are equally far apart, as those of integers are. */
  public boolean isUniform() {
    float[] sorted = values.clone();
    Arrays.sort(sorted); // NaN last
    float gap = sorted[1] - sorted[0];
    for (int i = 2; i < sorted.length && !Float.isNaN(sorted[i]); i++) {
      if (sorted[i] - sorted[i - 1] != gap) {
        return false;
      }
    }
    return true;
  }

  /** A copy of all values. */
  public float[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DecodeTable that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
