package org.bitloom.runtime.tune;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

import org.bitloom.runtime.api.Schedule;

/**
 * Compiles schedules on many threads while others are measured, each text once; what nobody asked for at the end is called off.
 */
final class CompileAhead implements AutoCloseable {
  private final ScheduleTimer timer;
  private final ExecutorService threads;
  private final Map<Text, Future<Optional<String>>> compilations = new HashMap<>();

  /** What is compiled: schedules that differ in their launch alone share it. */
  private record Text(String family, List<String> defines) {
    static Text of(Schedule schedule) {
      return new Text(schedule.family(), schedule.defines());
    }
  }

  CompileAhead(ScheduleTimer timer, ExecutorService threads) {
    this.timer = timer;
    this.threads = threads;
  }

  /** Compiles these in their order, those not yet asked for. */
  void submit(Collection<Schedule> schedules) {
    for (Schedule schedule : schedules) {
      compilations.computeIfAbsent(Text.of(schedule), _ -> threads.submit(() -> timer.compile(schedule)));
    }
  }

  /** Waits for {@code schedule}, and says why it cannot be used, if so. */
  Optional<String> await(Schedule schedule) {
    Future<Optional<String>> compilation = compilations.get(Text.of(schedule));
    if (compilation == null) {
      throw new IllegalStateException(schedule + " was not submitted");
    }
    try {
      return compilation.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException) {
        return Optional.of("it does not compile: " + e.getCause().getMessage());
      }
      throw new IllegalStateException("compiling " + schedule + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + schedule + " compiled", e);
    }
  }

  /** Calls off what has not begun. */
  @Override
  public void close() {
    compilations.values().forEach(compilation -> compilation.cancel(false));
  }
}
