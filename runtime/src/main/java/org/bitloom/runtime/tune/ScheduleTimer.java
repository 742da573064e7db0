package org.bitloom.runtime.tune;

import java.util.Optional;

import org.bitloom.runtime.api.Schedule;

/** What a search asks of a device about one product: compile a schedule, check its result, take its time. */
public interface ScheduleTimer extends AutoCloseable {
  /** Compiles ahead; safe for many threads. Says why the result is not worth running, such as spilled registers. */
  Optional<String> compile(Schedule schedule);

  /** Runs the product once, as compiled, and says what is wrong with its result, if anything is. */
  Optional<String> fault(Schedule schedule);

  /** One sample of the time of one launch, in microseconds, over rotating copies of the weights. */
  double sample(Schedule schedule);

  /** Frees what {@link #sample} holds for a schedule that will hardly be sampled again. */
  void forget(Schedule schedule);

  @Override
  void close();
}
