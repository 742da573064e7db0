package org.bitloom.job;

import java.lang.foreign.Arena;
import java.util.Optional;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.GraphScheduleTimer;
import org.bitloom.runtime.measure.GraphTimer;

/** One layer of random weights on a GPU, many times over, with activations and what its products ought to be. */
final class LoadedLayer implements AutoCloseable {
  private static final long SEED = 3;
  /** Of larger batches so many rows are checked: more tiles than a GPU runs at a time, the last of them not full. */
  private static final int MOST_CHECKED = 1041;

  private final CudaDevice device;
  private final KernelUnit kernel;
  private final long bytes;
  private final Verdict verdict;
  private final ProductRunner runner;
  private final LayerCopies copies;

  /** Weights of {@code shape} in {@code format}; activations for up to {@code most} rows. */
  LoadedLayer(CudaDevice device, WeightFormat format, KernelUnit kernel, Shape shape, int most) {
    this.device = device;
    this.kernel = kernel;
    try (Arena arena = Arena.ofShared()) {
      RepeatedLayer layer = RepeatedLayer.random(format, shape, arena);
      RepeatedActivations x = RepeatedActivations.random(kernel.x(), most, shape.k(), SEED, arena);
      bytes = PlainKernels.bytes(kernel, layer.packed().shape());
      verdict = new Verdict(shape.n(), layer.block().n(), x.block().m(),
          Reference.of(kernel, layer.block(), Optional.empty()).multiply(x.block().bits(), x.block().m()));
      runner = new ProductRunner(device, shape.n(), shape.k(), most);
      try {
        runner.give(x.all());
        copies = LayerCopies.load(device, format, kernel, layer.packed());
      } catch (RuntimeException e) {
        runner.close();
        throw e;
      }
    }
  }

  /** Packed bytes that one product reads. */
  long bytes() {
    return bytes;
  }

  ProductRunner runner() {
    return runner;
  }

  /** Times schedules for batch {@code m}. */
  GraphScheduleTimer timer(int m) {
    return new GraphScheduleTimer(device, runner.stream(),
        new GraphScheduleTimer.Product(kernel, copies.all(), runner.x(), runner.y(), m), this::fault);
  }

  private Optional<String> fault(Linear linear, int m) {
    int checked = Math.min(m, MOST_CHECKED);
    if (checked < m) {
      linear.prepare(checked, Schedule.parse(linear.schedule(m)));
    }
    return verdict.fault(runner.run(linear, checked, kernel.y()), kernel.y());
  }

  /** Median microseconds of one product of batch {@code m} on {@code stream}, the stream of {@code timer}. */
  double us(GraphTimer timer, Stream stream, int m, Schedule schedule) {
    copies.prepare(m, schedule);
    return copies.time(timer, runner.x(), runner.y(), m, stream).medianUs();
  }

  @Override
  public void close() {
    copies.close();
    runner.close();
  }
}
