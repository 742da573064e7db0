package org.bitloom.runtime.measure;

import java.util.function.IntConsumer;

import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.cuda.CudaGraph;
import org.bitloom.runtime.cuda.CudaTimer;

/** Times launches on a GPU: captures them once into a graph, replays the graph between events, takes medians. */
public final class GraphTimer implements LaunchTimer {
  private static final int WARM_UPS = 3;

  private final CudaDevice device;
  private final Stream stream;
  private final int launches;
  private final int replays;

  /**
   * A timer on {@code stream}, a stream of {@code device}.
   *
   * @param launches launches in one graph, at least
   * @param replays measured replays of the graph
   */
  public GraphTimer(CudaDevice device, Stream stream, int launches, int replays) {
    if (launches < 1 || replays < 1) {
      throw new IllegalArgumentException("a timer needs launches and replays, not " + launches + " and " + replays);
    }
    this.device = device;
    this.stream = stream;
    this.launches = launches;
    this.replays = replays;
  }

  /** The device that is measured. */
  CudaDevice device() {
    return device;
  }

  /** The stream that is measured. */
  Stream stream() {
    return stream;
  }

  /** {@inheritDoc} A graph holds a whole number of rotations. */
  @Override
  public Timing time(int copies, IntConsumer launch) {
    int total = Math.ceilDiv(launches, copies) * copies;
    device.run(() -> {
      for (int i = 0; i < copies; i++) {
        launch.accept(i);
      }
    });
    stream.synchronize();
    try (CudaGraph graph = device.capture(stream, () -> {
      for (int i = 0; i < total; i++) {
        launch.accept(i % copies);
      }
    })) {
      return replay(graph, total);
    }
  }

  private Timing replay(CudaGraph graph, int total) {
    try (CudaTimer timer = device.timer()) {
      for (int i = 0; i < WARM_UPS; i++) {
        graph.launch(stream);
      }
      double[] us = new double[replays];
      for (int i = 0; i < replays; i++) {
        timer.start(stream);
        graph.launch(stream);
        timer.stop(stream);
        us[i] = timer.microseconds() / total;
      }
      return Timing.of(us);
    }
  }
}
