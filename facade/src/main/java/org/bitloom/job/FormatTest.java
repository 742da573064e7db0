package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.Quantizer;
import org.bitloom.runtime.tune.TuningEntry;

/** Checks all kernels of one format on a device against float64: values, poison, guards and repeatability; and its packing. */
final class FormatTest {
  private static final long SEED = 42;

  private final Device device;
  private final SelftestScope scope;
  private final List<TuningEntry> tuned;

  /**
   * A test.
   *
   * @param tuned winners that ship for this device
   */
  FormatTest(Device device, SelftestScope scope, List<TuningEntry> tuned) {
    this.device = device;
    this.scope = scope;
    this.tuned = List.copyOf(tuned);
  }

  Tally run(WeightFormat format) {
    Tally tally = Tally.NOTHING;
    for (Shape shape : scope.shapes()) {
      try (Arena arena = Arena.ofShared()) {
        Layer layer = Layer.of(format, Quantizer.standard(format.info()),
            new WeightSource.Random(shape).load(arena).matrix(), arena);
        tally = tally.plus(packing(layer, arena));
        for (KernelUnit kernel : format.kernels()) {
          tally = tally.plus(products(layer, kernel, shape, arena));
        }
      }
    }
    return scope.tunedShape().isPresent() ? tally.plus(tuned(format, scope.tunedShape().get())) : tally;
  }

  /** Every schedule that a shipped tuning file names for this format, whatever shape it won. */
  private Tally tuned(WeightFormat format, Shape shape) {
    Tally tally = Tally.NOTHING;
    for (KernelUnit kernel : format.kernels().stream().flatMap(unit -> unit.byPlanes().stream()).toList()) {
      Set<Schedule> schedules = new LinkedHashSet<>();
      tuned.stream().filter(entry -> entry.key().kernel().equals(kernel.name()))
          .flatMap(entry -> entry.parsed().stream())
          .filter(schedule -> kernel.space().rejection(schedule, problem(shape, schedule), device.info().limits())
              .isEmpty())
          .forEach(schedules::add);
      if (!schedules.isEmpty()) {
        tally = tally.plus(tuned(format, kernel, shape, schedules));
      }
    }
    return tally;
  }

  /** The largest batch that takes one tile of {@code schedule}. */
  private Problem problem(Shape shape, Schedule schedule) {
    return new Problem(shape.n(), shape.k(), Math.min(scope.largestBatch(), schedule.batch()));
  }

  /** Packed weights must unpack to what they were; counts only where they do not, for this is no product. */
  private static Tally packing(Layer layer, Arena arena) {
    QuantizedWeights before = layer.quantized();
    QuantizedWeights after = new WeightPacker(layer.format()).unpack(layer.packed(), arena);
    boolean same = before.codes().mismatch(after.codes()) < 0;
    for (int i = 0; i < before.planes().size(); i++) {
      same &= before.planes().get(i).mismatch(after.planes().get(i)) < 0;
    }
    return same
        ? Tally.NOTHING
        : Tally.failure(0, "%s %dx%d: unpacking gives other weights than were packed"
            .formatted(layer.format().info().name(), before.n(), before.k()));
  }

  private Tally tuned(WeightFormat format, KernelUnit kernel, Shape shape, Set<Schedule> schedules) {
    try (Arena arena = Arena.ofShared()) {
      Layer layer = Layer.of(format, Quantizer.standard(format.info()),
          new WeightSource.Random(shape).load(arena).matrix(), arena);
      int most = scope.largestBatch();
      Activations x = Activations.random(kernel.x(), most, shape.k(), SEED + shape.k(), arena);
      Optional<MemorySegment> bias = Bias.of(kernel, shape.n(), arena);
      Verdict verdict = new Verdict(shape.n(), Reference.of(kernel, layer.quantized(), bias).multiply(x.bits(), most));
      Tally tally = Tally.NOTHING;
      try (ProductRunner runner = new ProductRunner(device, shape.n(), shape.k(), most);
          Linear linear = device.linear(format, kernel, layer.packed(), bias)) {
        runner.give(x);
        for (Schedule schedule : schedules) {
          int m = problem(shape, schedule).m();
          linear.prepare(m, schedule);
          tally = tally.plus(product(kernel, runner, linear, m, verdict));
        }
      }
      return tally;
    }
  }

  private Tally products(Layer layer, KernelUnit kernel, Shape shape, Arena arena) {
    int most = scope.largestBatch();
    Activations x = Activations.random(kernel.x(), most, shape.k(), SEED + shape.k(), arena);
    Optional<MemorySegment> bias = Bias.of(kernel, shape.n(), arena);
    Verdict verdict = new Verdict(shape.n(),
        Reference.of(kernel, layer.quantized(), bias).multiply(x.bits(), most));
    try (ProductRunner runner = new ProductRunner(device, shape.n(), shape.k(), most);
        Linear linear = device.linear(layer.format(), kernel, layer.packed(), bias)) {
      runner.give(x);
      Tally tally = Tally.NOTHING;
      for (int m : scope.batches()) {
        linear.prepare(m);
        tally = tally.plus(product(kernel, runner, linear, m, verdict));
        if (scope.searches(shape, m)) {
          for (Schedule schedule : others(kernel, new Problem(shape.n(), shape.k(), m))) {
            linear.prepare(m, schedule);
            tally = tally.plus(product(kernel, runner, linear, m, verdict));
          }
        }
      }
      return tally;
    }
  }

  private Tally product(KernelUnit kernel, ProductRunner runner, Linear linear, int m, Verdict verdict) {
    Output y = runner.run(linear, m, kernel.y());
    double error = verdict.error(y);
    return fault(kernel, runner, linear, m, y, error)
        .map(fault -> Tally.failure(error, "%s %dx%d m=%d %s: %s".formatted(kernel.entry(), linear.n(), linear.k(), m,
            linear.schedule(m), fault)))
        .orElseGet(() -> Tally.pass(error));
  }

  private static Optional<String> fault(KernelUnit kernel, ProductRunner runner, Linear linear, int m, Output y,
      double error) {
    if (y.damage().isPresent()) {
      return y.damage();
    }
    if (Double.isNaN(error)) {
      return Optional.of("an output was not written, or is NaN");
    }
    if (error > Tolerance.of(kernel.y())) {
      return Optional.of("relative error %.3g, allowed %.3g".formatted(error, Tolerance.of(kernel.y())));
    }
    return runner.run(linear, m, kernel.y()).sameBits(y) ? Optional.empty() : Optional.of("two runs differ");
  }

  /** Schedules spread over the candidates, the same ones in every run. */
  private List<Schedule> others(KernelUnit kernel, Problem problem) {
    List<Schedule> candidates = kernel.space().candidates(problem, device.info().limits());
    int count = Math.min(scope.otherSchedules(), candidates.size());
    return IntStream.range(0, count)
        .mapToObj(i -> candidates.get((int) ((2L * i + 1) * candidates.size() / (2L * count)))).toList();
  }
}
