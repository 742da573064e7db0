package org.bitloom.job;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.QuantizedShape;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.tune.TunedChooser.Choice;

/** The measuring of one run at one site: loads a layer, checks each product of it, takes its time. */
final class Bench {
  private static final long SEED = 3;

  private final BenchRequest request;
  private final BenchSite site;
  private final BenchListener listener;
  private final Map<Long, Double> floors = new HashMap<>();
  private final Map<Problem, OptionalDouble> dense = new HashMap<>();
  private final Map<Problem, OptionalDouble> denseInt8 = new HashMap<>();

  Bench(BenchRequest request, BenchSite site, BenchListener listener) {
    this.request = request;
    this.site = site;
    this.listener = listener;
  }

  /** One packed layer on the device, ready to be measured. */
  private record Loaded(KernelUnit kernel, OptionalInt planes, long bytes, LayerCopies copies, ProductRunner runner,
      Verdict verdict) {
  }

  /** What a product is measured with; {@code origin} says where the schedule comes from, if products would choose it. */
  private record Planned(Problem problem, List<Schedule> schedules, String origin) {
  }

  /** All that is to be measured of one format with one weight matrix. */
  void measure(WeightFormat format, ShapeBatches layer) {
    List<KernelUnit> kernels = PlainKernels.of(format, request.type(), request.kernels());
    if (kernels.isEmpty() && request.kernels().isEmpty()) {
      listener.problem(format.info().name() + " has no plain kernel for " + request.type());
    }
    for (KernelUnit kernel : kernels) {
      if (request.planes().isEmpty()) {
        measure(format, kernel, OptionalInt.empty(), layer);
      }
      for (int used : request.planes()) {
        if (format.info().element() instanceof SignPlanes all && used <= all.count()) {
          measure(format, kernel.withPlanes(new SignPlanes(used)), OptionalInt.of(used), layer);
        } else {
          listener.problem(format.info().name() + " has no " + used + " sign planes");
        }
      }
    }
  }

  private void measure(WeightFormat format, KernelUnit kernel, OptionalInt planes, ShapeBatches layer) {
    Shape shape = layer.shape();
    int most = layer.most();
    List<Planned> plans = layer.problems().stream().map(problem -> plan(kernel, problem)).toList();
    site.compile(kernel, schedules(plans));
    try (Arena arena = Arena.ofShared()) {
      RepeatedLayer weights = RepeatedLayer.random(format, shape, arena);
      RepeatedActivations x = RepeatedActivations.random(kernel.x(), most, shape.k(), SEED, arena);
      double[] truth = Reference.of(kernel, weights.block(), Optional.empty()).multiply(x.block().bits(),
          x.block().m());
      long bytes = PlainKernels.bytes(kernel, weights.packed().shape());
      try (LayerCopies copies = LayerCopies.load(site.device(), format, kernel, weights.packed(), bytes,
          site.rotationBytes());
          ProductRunner runner = new ProductRunner(site.device(), shape.n(), shape.k(), most)) {
        runner.give(x.all());
        Loaded loaded = new Loaded(kernel, planes, bytes, copies, runner,
            new Verdict(shape.n(), weights.block().n(), x.block().m(), truth));
        plans.forEach(plan -> measure(loaded, plan));
        for (Set<KernelPart> parts : request.without()) {
          Activations given = parts.contains(KernelPart.VALUES)
              ? Activations.zero(kernel.x(), most, shape.k(), arena)
              : x.all();
          runner.give(given);
          measureWithout(parts, loaded, format, weights.packed(), plans);
        }
      }
    }
  }

  /** Times the same schedules without some parts of their work; what they compute is not looked at. */
  private void measureWithout(Set<KernelPart> parts, Loaded whole, WeightFormat format, PackedWeights weights,
      List<Planned> plans) {
    Optional<KernelUnit> rest = KernelPart.leaveOut(parts, whole.kernel());
    List<String> families = rest.stream().flatMap(kernel -> kernel.variants().stream()).map(KernelVariant::family)
        .toList();
    if (!schedules(plans).stream().allMatch(schedule -> families.contains(schedule.family()))) {
      listener.problem(whole.kernel().entry() + ": not all schedules are of families whose text tells "
          + KernelPart.names(parts) + " apart; there are " + families);
      return;
    }
    KernelUnit kernel = rest.orElseThrow();
    site.compile(kernel, schedules(plans));
    try (LayerCopies copies = LayerCopies.load(site.device(), format, kernel, weights, whole.bytes(),
        site.rotationBytes())) {
      for (Planned plan : plans) {
        for (Schedule schedule : plan.schedules()) {
          copies.prepare(plan.problem().m(), schedule);
          row(new Loaded(kernel, whole.planes(), whole.bytes(), copies, whole.runner(), whole.verdict()), parts,
              plan.problem(), schedule, plan.origin());
        }
      }
    }
  }

  private static List<Schedule> schedules(List<Planned> plans) {
    return plans.stream().flatMap(plan -> plan.schedules().stream()).distinct().toList();
  }

  private Planned plan(KernelUnit kernel, Problem problem) {
    return choice(kernel, problem)
        .map(choice -> new Planned(problem, List.of(choice.schedule()), choice.origin()))
        .orElseGet(() -> new Planned(problem, schedules(kernel, problem), ""));
  }

  private void measure(Loaded loaded, Planned plan) {
    Problem problem = plan.problem();
    for (Schedule schedule : plan.schedules()) {
      loaded.copies().prepare(problem.m(), schedule);
      Output y = loaded.runner().run(loaded.copies().first(), problem.m(), loaded.kernel().y());
      Optional<String> fault = loaded.verdict().fault(y, loaded.kernel().y());
      if (fault.isPresent()) {
        wrong(loaded, problem, schedule, fault.get());
      } else if (loaded.kernel().code().isPresent()) {
        quantized(loaded, problem, schedule, plan.origin(), y);
      } else {
        row(loaded, Set.of(), problem, schedule, plan.origin());
      }
    }
  }

  private void wrong(Loaded loaded, Problem problem, Schedule schedule, String fault) {
    listener.problem("%s %dx%d m=%d %s is WRONG: %s".formatted(loaded.kernel().entry(), problem.n(), problem.k(),
        problem.m(), schedule, fault));
  }

  private void row(Loaded loaded, Set<KernelPart> without, Problem problem, Schedule schedule, String origin) {
    ProductRunner runner = loaded.runner();
    double us = loaded.copies().time(site.timer(), runner.x(), runner.y(), problem.m(), site.stream()).medianUs();
    listener.row(new BenchRow(loaded.kernel().format().name(), loaded.planes(), without, schedule.family(),
        problem.n(), problem.k(), problem.m(), us, floorUs(loaded.bytes()), denseUs(loaded, problem), loaded.bytes(),
        schedule.toString(), origin));
  }

  private void quantized(Loaded loaded, Problem problem, Schedule schedule, String origin, Output forward) {
    KernelUnit kernel = loaded.kernel();
    ProductRunner runner = loaded.runner();
    int m = problem.m();
    try (QuantizedTokens tokens = new QuantizedTokens(site, loaded.copies().first(), runner.x(), problem)) {
      Output y = runner.run(problem.n(), m, kernel.y(), (to, stream) -> {
        tokens.quantize(runner.x(), stream);
        loaded.copies().first().forwardQuantized(tokens.address(), to, m, stream);
      });
      if (!y.sameBits(forward)) {
        wrong(loaded, problem, schedule, "the product of quantized activations differs from that of plain ones");
        return;
      }
      double us = loaded.copies().timeQuantized(site.timer(), tokens.address(), runner.y(), m, site.stream())
          .medianUs();
      double forwardUs = loaded.copies().time(site.timer(), runner.x(), runner.y(), m, site.stream()).medianUs();
      QuantizedShape shape = kernel.variant(schedule).quantizer().orElseThrow().shape(m, problem.k());
      long bytes = loaded.bytes() + shape.readBytes() + (long) Short.BYTES * m * problem.n();
      long quantizerBytes = (long) Short.BYTES * m * problem.k() + shape.writtenBytes();
      listener.row(new QuantizedRow(kernel.format().name(), kernel.entry(), kernel.format().codeBits(),
          kernel.code().orElseThrow(), schedule.family(), problem.n(), problem.k(), m, us, forwardUs, tokens.us(),
          floorUs(bytes), floorUs(quantizerBytes), denseUs(loaded, problem),
          denseInt8.computeIfAbsent(problem, site.yardsticks()::cublasInt8Us), bytes, quantizerBytes,
          schedule.toString(), origin));
    }
  }

  private double floorUs(long bytes) {
    return floors.computeIfAbsent(bytes, site.yardsticks()::floorUs);
  }

  private OptionalDouble denseUs(Loaded loaded, Problem problem) {
    return dense.computeIfAbsent(problem,
        p -> site.yardsticks().cublasUs(request.type(), p, loaded.runner().x(), loaded.runner().y()));
  }

  /** What products of this batch run with, if that is what is measured. */
  private Optional<Choice> choice(KernelUnit kernel, Problem problem) {
    return request.schedules() instanceof BenchRequest.Schedules.Tuned
        ? Optional.of(site.choice(kernel, problem))
        : Optional.empty();
  }

  private List<Schedule> schedules(KernelUnit kernel, Problem problem) {
    return switch (request.schedules()) {
      case BenchRequest.Schedules.Tuned _,BenchRequest.Schedules.First _ ->
        List.of(kernel.space().firstChoice(problem, site.device().info().limits()));
      case BenchRequest.Schedules.All _ -> kernel.space().candidates(problem, site.device().info().limits());
      case BenchRequest.Schedules.Listed(List<Schedule> listed) -> listed.stream()
          .filter(schedule -> kernel.space().rejection(schedule, problem, site.device().info().limits()).isEmpty())
          .toList();
    };
  }
}
