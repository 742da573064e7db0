package org.bitloom.runtime.tune;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

class IdleCompilerTest {
  private final ThreadPoolExecutor threads = (ThreadPoolExecutor) Executors.newFixedThreadPool(2);
  private final AtomicInteger done = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private List<Runnable> times(int count, Runnable each) {
    return IntStream.range(0, count).<Runnable>mapToObj(_ -> each).toList();
  }

  private void awaitBusy() {
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
      while (threads.getActiveCount() < 2) {
        Thread.sleep(1);
      }
    });
  }

  private void await(int count) {
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
      while (done.get() < count) {
        Thread.sleep(1);
      }
    });
  }

  @Test
  void compilesEverythingWhereNobodyAsks() {
    try (IdleCompiler idle = new IdleCompiler(threads)) {
      idle.begin(times(50, done::incrementAndGet).iterator());
      await(50);
    }
    assertEquals(50, done.get());
  }

  @Test
  void oneThatFailsDoesNotStopTheRest() {
    try (IdleCompiler idle = new IdleCompiler(threads)) {
      idle.begin(List.<Runnable>of(() -> {
        throw new IllegalStateException("does not compile");
      }, done::incrementAndGet).iterator());
      await(1);
    }
    assertEquals(1, done.get());
  }

  @Test
  void aSearchWaitsForLittleOfIt() throws InterruptedException, ExecutionException {
    CountDownLatch go = new CountDownLatch(1);
    Runnable slow = () -> {
      try {
        assertTrue(go.await(20, TimeUnit.SECONDS));
        Thread.sleep(1);
        done.incrementAndGet();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
    try (IdleCompiler idle = new IdleCompiler(threads)) {
      idle.begin(times(1000, slow).iterator());
      awaitBusy();
      var asked = threads.submit(done::get);
      go.countDown();
      assertTrue(asked.get() <= 4, "behind " + asked.get() + " others");
    }
  }

  @Test
  void aNewPlanCallsOffTheOld() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    try (IdleCompiler idle = new IdleCompiler(threads)) {
      idle.begin(times(1000, () -> {
        try {
          assertTrue(go.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        done.incrementAndGet();
      }).iterator());
      awaitBusy();
      CountDownLatch last = new CountDownLatch(1);
      idle.begin(List.<Runnable>of(last::countDown).iterator());
      go.countDown();
      assertTrue(last.await(20, TimeUnit.SECONDS));
      assertTrue(done.get() <= 3, done + " of the old plan");
    }
  }

  @Test
  void nothingIsSubmittedOnceItIsClosed() throws InterruptedException {
    for (int turn = 0; turn < 20; turn++) {
      try (ThreadPoolExecutor many = (ThreadPoolExecutor) Executors.newFixedThreadPool(16)) {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        Iterator<Runnable> endless = Stream.<Runnable>generate(() -> {
          asked.incrementAndGet();
          return ran::incrementAndGet;
        }).iterator();
        IdleCompiler idle = new IdleCompiler(many);
        idle.begin(endless);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
          while (asked.get() < 10) {
            Thread.onSpinWait();
          }
        });
        assertTimeoutPreemptively(Duration.ofSeconds(20), idle::close);
        int before = asked.get();
        Thread.sleep(5);
        assertEquals(before, asked.get(), "asked for more behind the end");
        many.shutdown();
        assertTrue(many.awaitTermination(20, TimeUnit.SECONDS));
        assertTrue(ran.get() <= before, "ran " + ran + " of " + before);
      }
    }
  }
}
