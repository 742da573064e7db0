package org.bitloom.emulator.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Runs the blocks of a grid, on as many threads as there are cores. */
public final class Launch {
  /** What a launch executed. */
  public record Statistics(long warpInstructions, long threadInstructions, long nanoseconds) {
    /** Nothing. */
    public static final Statistics NONE = new Statistics(0, 0, 0);

    /** Both, one after the other. */
    public Statistics plus(Statistics other) {
      return new Statistics(warpInstructions + other.warpInstructions, threadInstructions + other.threadInstructions,
          nanoseconds + other.nanoseconds);
    }
  }

  private Launch() {
  }

  /** Runs all blocks; the first fault stops the launch. */
  public static Statistics run(Grid grid, ExecutorService threads, int parallelism) {
    int[] blocks = grid.order().blocks(grid.grid().count() / grid.program().cluster().count());
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Optional<RuntimeException>> fault = new AtomicReference<>(Optional.empty());
    long begin = System.nanoTime();
    List<Future<Statistics>> parts = new ArrayList<>();
    for (int i = 1; i < Math.min(parallelism, blocks.length); i++) {
      parts.add(threads.submit(() -> blocks(grid, blocks, next, fault)));
    }
    Statistics sum = blocks(grid, blocks, next, fault);
    for (Future<Statistics> part : parts) {
      sum = sum.plus(get(part));
    }
    fault.get().ifPresent(e -> {
      throw e;
    });
    return new Statistics(sum.warpInstructions(), sum.threadInstructions(), System.nanoTime() - begin);
  }

  private static Statistics blocks(Grid grid, int[] order, AtomicInteger next,
      AtomicReference<Optional<RuntimeException>> fault) {
    Cluster cluster = new Cluster(grid);
    try {
      for (int i = next.getAndIncrement(); i < order.length
          && fault.get().isEmpty(); i = next.getAndIncrement()) {
        cluster.run(order[i]);
      }
    } catch (RuntimeException e) {
      fault.updateAndGet(first -> first.isPresent() ? first : Optional.of(e));
    }
    return new Statistics(cluster.instructions(), cluster.threadInstructions(), 0);
  }

  private static Statistics get(Future<Statistics> part) {
    try {
      return part.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a kernel ran", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
