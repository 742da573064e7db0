package org.bitloom.runtime.tune;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;

import org.bitloom.runtime.parallel.Waiting;

/**
 * Compiles what a later search will ask for, while the threads that compile have nothing else to do: it never has more than one task
 * waiting, so that a search that is under way waits for little.
 */
public final class IdleCompiler implements AutoCloseable {
  private static final long LOOK_AGAIN_MS = 2;

  private final ThreadPoolExecutor threads;
  private Optional<Thread> feeder = Optional.empty();

  /** Uses {@code threads}, which stay open. */
  public IdleCompiler(ThreadPoolExecutor threads) {
    this.threads = threads;
  }

  /** Starts on {@code compilations}, in their order; what is left of those before is called off. */
  public void begin(Iterator<Runnable> compilations) {
    close();
    feeder = Optional.of(Thread.ofVirtual().start(() -> feed(compilations)));
  }

  private void feed(Iterator<Runnable> compilations) {
    try {
      while (!Thread.interrupted() && compilations.hasNext()) {
        Runnable compilation = compilations.next();
        while (!threads.getQueue().isEmpty() || threads.getActiveCount() >= threads.getMaximumPoolSize()) {
          Thread.sleep(LOOK_AGAIN_MS);
        }
        if (Thread.interrupted()) {
          return;
        }
        // What does not compile is told when a search asks for it.
        Future<?> _ = threads.submit(compilation);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Calls off what has not begun: nothing is submitted afterwards. */
  @Override
  public void close() {
    feeder.ifPresent(thread -> {
      thread.interrupt();
      Waiting.untilEnded(thread);
    });
    feeder = Optional.empty();
  }
}
