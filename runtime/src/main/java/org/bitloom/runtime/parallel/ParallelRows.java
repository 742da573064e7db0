package org.bitloom.runtime.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Splits rows over threads that live for one call. Which thread takes which rows is left to chance, so a task must write
 * each row's results to that row's place alone; then the results do not depend on the number of threads.
 */
public record ParallelRows(int threads) {
  private static final int RANGES_PER_THREAD = 8;

  public ParallelRows {
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread is needed, not " + threads);
    }
  }

  /** Work on the rows {@code [first, end)}. */
  @FunctionalInterface
  public interface RangeTask {
    /** Does the work; called from several threads with disjoint ranges. */
    void run(int first, int end);
  }

  /** As many threads as the machine has processors. */
  public static ParallelRows ofAllProcessors() {
    return new ParallelRows(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Runs {@code task} over all of {@code [0, rows)}, in ranges of at least {@code grain} rows. If ranges fail, the failure
   * of the lowest one is thrown, whatever the order in which they ran.
   */
  public void forEach(int rows, int grain, RangeTask task) {
    int length = Math.max(Math.max(grain, 1), Math.ceilDiv(rows, threads * RANGES_PER_THREAD));
    int ranges = Math.ceilDiv(rows, length);
    if (threads == 1 || ranges <= 1) {
      task.run(0, rows);
      return;
    }
    Throwable[] failures = new Throwable[ranges];
    AtomicInteger next = new AtomicInteger();
    Runnable worker = () -> {
      for (int range = next.getAndIncrement(); range < ranges; range = next.getAndIncrement()) {
        try {
          task.run(range * length, (int) Math.min(rows, (range + 1L) * length));
        } catch (RuntimeException | Error e) {
          failures[range] = e;
        }
      }
    };
    List<Thread> started = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, ranges); i++) {
      started.add(Thread.ofPlatform().daemon().name("bitloom-rows-" + i).start(worker));
    }
    worker.run();
    started.forEach(Waiting::untilEnded);
    throwFirst(failures);
  }

  private static void throwFirst(Throwable[] failures) {
    for (Throwable failure : failures) {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {
        }
      }
    }
  }
}
