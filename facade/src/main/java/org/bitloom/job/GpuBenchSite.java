package org.bitloom.job;

import java.util.List;
import java.util.Map;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.GraphTimer;
import org.bitloom.runtime.parallel.ParallelRows;
import org.bitloom.runtime.tune.TunedChooser.Choice;
import org.bitloom.runtime.tune.TuningKey;

/** Measures on a GPU, by graphs of launches. */
record GpuBenchSite(CudaDevice device, Stream stream, GraphTimer timer, Baselines yardsticks)
    implements
      BenchSite,
      AutoCloseable {
  private static final int GRAPH_LAUNCHES = 16;
  private static final int REPLAYS = 21;

  /** A stream of {@code device} with a timer. */
  static GpuBenchSite open(CudaDevice device, Map<String, String> environment) {
    Stream stream = device.openStream();
    GraphTimer timer = new GraphTimer(device, stream, GRAPH_LAUNCHES, REPLAYS);
    return new GpuBenchSite(device, stream, timer, new Baselines(device, stream, timer, environment));
  }

  @Override
  public long rotationBytes() {
    return LayerCopies.rotationBytes(device);
  }

  @Override
  public Choice choice(KernelUnit kernel, Problem problem) {
    return device.tuned().choice(kernel, TuningKey.largest(problem), device.info().limits());
  }

  /** In many threads; the device then fetches from the cache. */
  @Override
  public void compile(KernelUnit kernel, List<Schedule> schedules) {
    ParallelRows.ofAllProcessors().forEach(schedules.size(), 1, (first, end) -> {
      for (Schedule schedule : schedules.subList(first, end)) {
        device.compiler().compile(kernel, schedule, device.info().arch());
      }
    });
  }

  @Override
  public void close() {
    yardsticks.close();
    stream.close();
  }
}
