package org.bitloom.runtime.measure;

import java.util.function.IntConsumer;

import org.bitloom.runtime.api.Stream;

/** Times launches on a CUDA stream: captures them once into a graph, replays the graph between events, takes medians. */
public final class GraphTimer {
  private static final int WARM_UPS = 3;

  private final DriverCalls driver;
  private final Stream stream;
  private final int launches;
  private final int replays;

  /**
   * A timer on {@code stream}, which must be a stream of a CUDA device.
   *
   * @param launches launches in one graph, at least
   * @param replays measured replays of the graph
   */
  public GraphTimer(Stream stream, int launches, int replays) {
    if (launches < 1 || replays < 1) {
      throw new IllegalArgumentException("a timer needs launches and replays, not " + launches + " and " + replays);
    }
    this.driver = DriverCalls.load();
    this.stream = stream;
    this.launches = launches;
    this.replays = replays;
  }

  /**
   * Times {@code launch}, which queues one launch over copy {@code i} of its data.
   *
   * @param copies number of rotating copies; a graph holds a whole number of rotations
   */
  public Timing time(int copies, IntConsumer launch) {
    driver.bind(stream.handle());
    int rotations = Math.ceilDiv(launches, copies);
    int total = rotations * copies;
    for (int i = 0; i < copies; i++) {
      launch.accept(i);
    }
    driver.synchronize(stream.handle());
    long graph = capture(total, copies, launch);
    try {
      long executable = driver.instantiate(graph);
      try {
        return replay(executable, total);
      } finally {
        driver.destroyExecutable(executable);
      }
    } finally {
      driver.destroyGraph(graph);
    }
  }

  private long capture(int total, int copies, IntConsumer launch) {
    driver.beginCapture(stream.handle());
    try {
      for (int i = 0; i < total; i++) {
        launch.accept(i % copies);
      }
    } catch (RuntimeException e) {
      abandonCapture(e);
      throw e;
    }
    return driver.endCapture(stream.handle());
  }

  private void abandonCapture(RuntimeException cause) {
    try {
      driver.destroyGraph(driver.endCapture(stream.handle()));
    } catch (MeasureException e) {
      cause.addSuppressed(e);
    }
  }

  private Timing replay(long executable, int total) {
    long start = driver.createEvent();
    long end = driver.createEvent();
    try {
      for (int i = 0; i < WARM_UPS; i++) {
        driver.launch(executable, stream.handle());
      }
      double[] us = new double[replays];
      for (int i = 0; i < replays; i++) {
        driver.record(start, stream.handle());
        driver.launch(executable, stream.handle());
        driver.record(end, stream.handle());
        driver.awaitEvent(end);
        us[i] = driver.elapsedUs(start, end) / total;
      }
      return Timing.of(us);
    } finally {
      driver.destroyEvent(start);
      driver.destroyEvent(end);
    }
  }
}
