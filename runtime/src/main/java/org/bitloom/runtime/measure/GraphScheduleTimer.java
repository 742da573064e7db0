package org.bitloom.runtime.measure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.cuda.CudaGraph;
import org.bitloom.runtime.cuda.CudaTimer;
import org.bitloom.runtime.tune.ScheduleTimer;

/** Times the schedules of one product on a GPU: each schedule is a graph of launches over rotating weights; a sample is one replay. */
public final class GraphScheduleTimer implements ScheduleTimer {
  /** Launches in one graph, at least. */
  private static final int LAUNCHES = 16;

  /** Says what is wrong with the product of a linear that is ready for batch {@code m}, if anything is. */
  @FunctionalInterface
  public interface ProductCheck {
    /** Runs the product and compares it with a reference. */
    Optional<String> fault(Linear linear, int m);
  }

  /**
   * What is multiplied.
   *
   * @param copies the same weights, so many times that no launch finds its own in the L2 cache
   * @param x device address of x[m][k]
   * @param y device address of y[m][n]
   */
  public record Product(KernelUnit kernel, List<Linear> copies, long x, long y, int m) {
    public Product {
      copies = List.copyOf(copies);
    }
  }

  private final CudaDevice device;
  private final Stream stream;
  private final Product product;
  private final ProductCheck check;
  private final CudaTimer timer;
  private final int launches;
  private final Map<Schedule, CudaGraph> graphs = new HashMap<>();

  /** A timer of {@code product} on {@code stream}, a stream of {@code device}. */
  public GraphScheduleTimer(CudaDevice device, Stream stream, Product product, ProductCheck check) {
    this.device = device;
    this.stream = stream;
    this.product = product;
    this.check = check;
    this.timer = device.timer();
    this.launches = Math.ceilDiv(LAUNCHES, product.copies().size()) * product.copies().size();
  }

  @Override
  public Optional<String> compile(Schedule schedule) {
    int spilled = device.compiler().compile(product.kernel(), schedule, device.info().arch())
        .entry(product.kernel().entry()).map(KernelResources::spillBytes).orElse(0);
    return spilled == 0 ? Optional.empty() : Optional.of("it spills " + spilled + " bytes of registers");
  }

  @Override
  public Optional<String> fault(Schedule schedule) {
    product.copies().getFirst().prepare(product.m(), schedule);
    return check.fault(product.copies().getFirst(), product.m());
  }

  @Override
  public double sample(Schedule schedule) {
    CudaGraph graph = graphs.computeIfAbsent(schedule, this::capture);
    timer.start(stream);
    graph.launch(stream);
    timer.stop(stream);
    return timer.microseconds() / launches;
  }

  /** The first replay of a graph is slower than the rest and not measured. */
  private CudaGraph capture(Schedule schedule) {
    List<Linear> copies = product.copies();
    copies.forEach(copy -> copy.prepare(product.m(), schedule));
    CudaGraph graph = device.capture(stream, () -> {
      for (int i = 0; i < launches; i++) {
        copies.get(i % copies.size()).forward(product.x(), product.y(), product.m(), stream);
      }
    });
    graph.launch(stream);
    return graph;
  }

  @Override
  public void forget(Schedule schedule) {
    Optional.ofNullable(graphs.remove(schedule)).ifPresent(CudaGraph::close);
  }

  /** Waits for what is queued and frees the graphs. */
  @Override
  public void close() {
    stream.synchronize();
    graphs.values().forEach(CudaGraph::close);
    graphs.clear();
    timer.close();
  }
}
