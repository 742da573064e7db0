package org.bitloom.runtime.tune;

/**
 * One winner.
 *
 * @param schedule as {@link org.bitloom.runtime.api.Schedule} prints; kept as text, for another version of Bitloom may have
 *     written it
 * @param m the batch it was measured with
 * @param us its time then, in microseconds
 */
public record TuningEntry(TuningKey key, String schedule, int m, double us) {
  public TuningEntry {
    if (!(us > 0) || Double.isInfinite(us)) {
      throw new IllegalArgumentException("a time is positive and finite, not " + us);
    }
    if (TuningKey.bucket(m) != key.bucket()) {
      throw new IllegalArgumentException("batch " + m + " lies in bucket " + TuningKey.bucket(m) + ", not in "
          + key.bucket());
    }
  }
}
