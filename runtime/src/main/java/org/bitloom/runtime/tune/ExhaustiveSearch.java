package org.bitloom.runtime.tune;

import java.util.List;
import java.util.concurrent.ExecutorService;

import org.bitloom.runtime.api.Schedule;

/** Tries every legal schedule: slow, and the yardstick of {@link Autotuner}. */
public final class ExhaustiveSearch implements ScheduleSearch {
  private static final int CHUNK = 32;

  private final ExecutorService compilers;

  /**
   * A search.
   *
   * @param compilers threads that compile ahead; stays open
   */
  public ExhaustiveSearch(ExecutorService compilers) {
    this.compilers = compilers;
  }

  @Override
  public TuningResult search(TuningTask task) {
    List<Schedule> all = task.space().candidates(task.problem(), task.limits());
    try (Trials trials = new Trials(task, compilers)) {
      trials.announce(all);
      for (int from = 0; from < all.size(); from += CHUNK) {
        trials.run(all.subList(from, Math.min(all.size(), from + CHUNK)));
      }
      return trials.result();
    }
  }
}
