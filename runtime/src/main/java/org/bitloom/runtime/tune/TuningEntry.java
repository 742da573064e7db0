package org.bitloom.runtime.tune;

import java.util.Optional;

import org.bitloom.runtime.api.Schedule;

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
      throw new IllegalArgumentException("batch " + m + " lies in the bucket up to " + TuningKey.bucket(m) + ", not in "
          + "that up to " + key.bucket());
    }
  }

  /** The schedule, unless this version of Bitloom cannot read it. */
  public Optional<Schedule> parsed() {
    try {
      return Optional.of(Schedule.parse(schedule));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
