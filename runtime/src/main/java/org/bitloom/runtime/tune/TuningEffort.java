package org.bitloom.runtime.tune;

import java.time.Duration;

/**
 * How much a search may do.
 *
 * @param candidates schedules taken from the model's ranking, at most
 * @param chunk schedules that race each other at a time; the next chunk compiles meanwhile
 * @param patience chunks in a row that may bring no progress before the search climbs from what it has
 * @param neighbours schedules tried around a good one
 * @param time after which no new schedules are taken up
 */
public record TuningEffort(int candidates, int chunk, int patience, int neighbours, Duration time) {
  /** Finds the best of an H100's schedules within the few seconds that one batch bucket may take. */
  public static final TuningEffort STANDARD = new TuningEffort(128, 24, 2, 32, Duration.ofMillis(3500));

  public TuningEffort {
    if (candidates < 1 || chunk < 1 || patience < 1 || neighbours < 1) {
      throw new IllegalArgumentException("every number of an effort is at least 1");
    }
  }

  /** The same effort within {@code limit}. */
  public TuningEffort within(Duration limit) {
    return new TuningEffort(candidates, chunk, patience, neighbours, limit);
  }
}
