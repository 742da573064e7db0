package org.bitloom.job;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.GraphTimer;
import org.bitloom.runtime.parallel.ParallelRows;
import org.bitloom.runtime.tune.TunedChooser.Choice;
import org.bitloom.runtime.tune.TuningKey;

/** Measures kernels of shipped formats on a GPU, beside the read floor and cuBLAS; checks every kernel that it measures. */
public final class BenchJob {
  private static final int GRAPH_LAUNCHES = 16;
  private static final int REPLAYS = 21;
  private static final long SEED = 3;

  private final BenchRequest request;
  private final Workplace workplace;

  /** A measurement of what {@code request} says. */
  public BenchJob(BenchRequest request, Workplace workplace) {
    this.request = request;
    this.workplace = workplace;
  }

  /**
   * About the run as a whole.
   *
   * @param cublasMissing why there are no times of cuBLAS, if there are none
   * @param withoutKernel names of formats that have no kernel to measure yet
   */
  public record Summary(String deviceName, Optional<String> cublasMissing, List<String> withoutKernel) {
    public Summary {
      withoutKernel = List.copyOf(withoutKernel);
    }
  }

  /** Measures; {@code rows} is told each row as soon as it is known, {@code problems} each kernel that was wrong. */
  public Summary run(Consumer<BenchRow> rows, Consumer<String> problems) {
    List<WeightFormat> named = ShippedFormats.all().stream()
        .filter(format -> request.formats().matcher(format.info().name()).find()).toList();
    List<WeightFormat> formats = named.stream().filter(format -> !format.kernels().isEmpty()).toList();
    if (formats.isEmpty() && !named.isEmpty()) {
      throw new BadInput("none of these formats has a kernel to measure yet: " + names(named));
    }
    if (formats.isEmpty()) {
      throw new BadInput("no format matches '" + request.formats() + "'; there are: "
          + String.join(", ", ShippedFormats.names()));
    }
    try (CudaDevice device = gpu()) {
      try (Bench bench = new Bench(device, rows, problems)) {
        for (Shape shape : request.shapes()) {
          for (WeightFormat format : formats) {
            bench.measure(format, shape);
          }
        }
        return new Summary(device.info().name(), bench.baselines.cublasMissing(),
            named.stream().filter(format -> format.kernels().isEmpty()).map(format -> format.info().name()).toList());
      }
    }
  }

  private static String names(List<WeightFormat> formats) {
    return formats.stream().map(format -> format.info().name()).collect(Collectors.joining(", "));
  }

  private static CudaDevice gpu() {
    if (Devices.open("cuda") instanceof CudaDevice device) {
      return device;
    }
    throw new BadInput("bench measures on a GPU");
  }

  /** The measuring of one run on one device. */
  private final class Bench implements AutoCloseable {
    private final CudaDevice device;
    private final Consumer<BenchRow> rows;
    private final Consumer<String> problems;
    private final Stream stream;
    private final GraphTimer timer;
    private final Baselines baselines;
    private final Map<Long, Double> floors = new HashMap<>();
    private final Map<Problem, OptionalDouble> dense = new HashMap<>();

    Bench(CudaDevice device, Consumer<BenchRow> rows, Consumer<String> problems) {
      this.device = device;
      this.rows = rows;
      this.problems = problems;
      this.stream = device.openStream();
      this.timer = new GraphTimer(device, stream, GRAPH_LAUNCHES, REPLAYS);
      this.baselines = new Baselines(device, stream, timer, workplace.environment());
    }

    void measure(WeightFormat format, Shape shape) {
      Optional<KernelUnit> kernel = format.kernels().stream()
          .filter(unit -> unit.x() == request.type() && unit.epilogue().isEmpty()).findFirst();
      if (kernel.isEmpty()) {
        problems.accept(format.info().name() + " has no plain kernel for " + request.type());
        return;
      }
      int most = request.batches().stream().mapToInt(Integer::intValue).max().orElseThrow();
      try (Arena arena = Arena.ofShared()) {
        RepeatedLayer layer = RepeatedLayer.random(format, shape, arena);
        Activations x = Activations.random(request.type(), most, shape.k(), SEED, arena);
        double[] truth = Reference.of(kernel.get(), layer.block(), Optional.empty()).multiply(x.bits(), most);
        try (LayerCopies copies = LayerCopies.load(device, format, kernel.get(), layer.packed());
            ProductRunner runner = new ProductRunner(device, shape.n(), shape.k(), most)) {
          runner.give(x);
          Loaded loaded = new Loaded(format, kernel.get(), layer, copies, runner,
              new Verdict(shape.n(), layer.block().n(), truth));
          for (int m : request.batches()) {
            measure(loaded, new Problem(shape.n(), shape.k(), m));
          }
        }
      }
    }

    private void measure(Loaded loaded, Problem problem) {
      Optional<Choice> choice = choice(loaded.kernel, problem);
      List<Schedule> schedules = choice.map(chosen -> List.of(chosen.schedule()))
          .orElseGet(() -> schedules(loaded.kernel, problem));
      // Compiling ahead in many threads; the device then fetches from the cache.
      ParallelRows.ofAllProcessors().forEach(schedules.size(), 1, (first, end) -> {
        for (Schedule schedule : schedules.subList(first, end)) {
          device.compiler().compile(loaded.kernel, schedule, device.info().arch());
        }
      });
      for (Schedule schedule : schedules) {
        measure(loaded, problem, schedule, choice.map(Choice::origin).orElse(""));
      }
    }

    private void measure(Loaded loaded, Problem problem, Schedule schedule, String origin) {
      int m = problem.m();
      loaded.copies.prepare(m, schedule);
      Output y = loaded.runner.run(loaded.copies.first(), m, loaded.kernel.y());
      double error = loaded.verdict.error(y);
      if (!(error <= Tolerance.of(loaded.kernel.y())) || y.damage().isPresent()) {
        problems.accept("%s %dx%d m=%d %s is WRONG: relative error %.3g%s".formatted(loaded.kernel.entry(), problem.n(),
            problem.k(), m, schedule, error, y.damage().map(damage -> ", " + damage).orElse("")));
        return;
      }
      double us = loaded.copies.time(timer, loaded.runner.x(), loaded.runner.y(), m, stream).medianUs();
      long bytes = loaded.layer.packed().shape().payloadBytes();
      rows.accept(new BenchRow(loaded.format.info().name(), schedule.family(), problem.n(), problem.k(), m, us,
          floors.computeIfAbsent(bytes, baselines::floorUs),
          dense.computeIfAbsent(problem,
              p -> baselines.cublasUs(request.type(), p, loaded.runner.x(), loaded.runner.y())),
          bytes, schedule.toString(), origin));
    }

    /** What products of this batch run with, if that is what is measured. */
    private Optional<Choice> choice(KernelUnit kernel, Problem problem) {
      return request.schedules() instanceof BenchRequest.Schedules.Tuned
          ? Optional.of(device.tuned().choice(kernel, TuningKey.largest(problem), device.info().limits()))
          : Optional.empty();
    }

    private List<Schedule> schedules(KernelUnit kernel, Problem problem) {
      return switch (request.schedules()) {
        case BenchRequest.Schedules.Tuned _,BenchRequest.Schedules.First _ ->
          List.of(kernel.space().firstChoice(problem, device.info().limits()));
        case BenchRequest.Schedules.All _ -> kernel.space().candidates(problem, device.info().limits());
        case BenchRequest.Schedules.Listed(List<Schedule> listed) -> listed.stream()
            .filter(schedule -> kernel.space().rejection(schedule, device.info().limits()).isEmpty()).toList();
      };
    }

    @Override
    public void close() {
      baselines.close();
      stream.close();
    }
  }

  /** One packed layer on the device, ready to be measured. */
  private record Loaded(WeightFormat format, KernelUnit kernel, RepeatedLayer layer, LayerCopies copies,
      ProductRunner runner, Verdict verdict) {
  }
}
