package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.Quantizer;

/**
 * Runs the same kernels under the same schedules on two devices. Integer problems must give the same bits; others may
 * differ by what the order of accumulation makes of them ({@link AccumulationBound}) and by one rounding to the result's
 * type.
 *
 * @param tested whose limits choose the schedules
 */
record DeviceComparison(Device tested, Device model) {
  private static final List<Problem> PROBLEMS = List.of(new Problem(64, 256, 16), new Problem(37, 200, 7),
      new Problem(33, 75, 3));
  private static final long SEED = 77;

  /** The result of a problem and what it may be off by. */
  private record Case(KernelUnit kernel, Problem problem, QuantizedWeights weights, Activations x,
      Optional<MemorySegment> bias, Allowance allowance) {
  }

  private enum Allowance {
    SAME_BITS, ACCUMULATION
  }

  /** Comparisons of all kernels of {@code format}. */
  static long products(WeightFormat format) {
    return 2L * PROBLEMS.size() * format.kernels().size();
  }

  /** Compares all kernels of {@code format}. */
  Tally run(WeightFormat format) {
    Tally tally = Tally.NOTHING;
    for (KernelUnit kernel : format.kernels()) {
      for (Problem problem : PROBLEMS) {
        try (Arena arena = Arena.ofShared()) {
          tally = tally.plus(exact(kernel, problem, arena)
              .map(work -> compare(format, work, arena)).orElse(Tally.skip(1)));
          tally = tally.plus(compare(format, inexact(kernel, problem, arena), arena));
        }
      }
    }
    return tally;
  }

  /** Nothing where an activation function or the format leaves no integers. */
  private static Optional<Case> exact(KernelUnit kernel, Problem problem, Arena arena) {
    if (kernel.epilogue().stream().anyMatch(op -> op != EpilogueOp.BIAS)) {
      return Optional.empty();
    }
    Optional<MemorySegment> bias = kernel.takesBias()
        ? Optional.of(IntegerProblem.integers(kernel.y(), problem.n(), SEED + 2, arena))
        : Optional.empty();
    return IntegerProblem.weights(kernel.format(), new Shape(problem.n(), problem.k()), SEED, arena)
        .map(weights -> new Case(kernel, problem, weights,
            IntegerProblem.activations(kernel.x(), problem.m(), problem.k(), SEED + 1, arena), bias,
            Allowance.SAME_BITS));
  }

  private static Case inexact(KernelUnit kernel, Problem problem, Arena arena) {
    Shape shape = new Shape(problem.n(), problem.k());
    QuantizedWeights weights = Quantizer.standard(kernel.format()).quantize(kernel.format(),
        new WeightSource.Random(shape).load(arena).matrix(),
        arena);
    return new Case(kernel, problem, weights,
        Activations.random(kernel.x(), problem.m(), problem.k(), SEED + 3, arena),
        Bias.of(kernel, problem.n(), arena), Allowance.ACCUMULATION);
  }

  private Tally compare(WeightFormat format, Case work, Arena arena) {
    Schedule schedule = work.kernel().space().firstChoice(work.problem(), tested.info().limits());
    PackedWeights packed = new WeightPacker(format).pack(work.weights(), arena);
    Output here = run(tested, format, work, packed, schedule);
    Output there = run(model, format, work, packed, schedule);
    RelativeError error = new RelativeError();
    for (int i = 0; i < here.size(); i++) {
      error.add(here.value(i), there.value(i));
    }
    return difference(work, here, there)
        .map(what -> Tally.failure(error.value(), "%s %dx%d m=%d %s: %s and %s differ: %s".formatted(
            work.kernel().entry(), work.problem().n(), work.problem().k(), work.problem().m(), schedule,
            tested.info().kind(), model.info().kind(), what)))
        .orElseGet(() -> Tally.pass(error.value()));
  }

  private static Output run(Device device, WeightFormat format, Case work, PackedWeights packed, Schedule schedule) {
    Problem problem = work.problem();
    try (ProductRunner runner = new ProductRunner(device, problem.n(), problem.k(), problem.m());
        Linear linear = device.linear(format, work.kernel(), packed, work.bias())) {
      runner.give(work.x());
      linear.prepare(problem.m(), schedule);
      return runner.run(linear, problem.m(), work.kernel().y());
    }
  }

  private static Optional<String> difference(Case work, Output here, Output there) {
    return switch (work.allowance()) {
      case SAME_BITS -> here.sameBits(there)
          ? Optional.empty()
          : firstBeyond(here, there, new double[here.size()]).map(what -> what + ", an integer problem")
              .or(() -> Optional.of("in bits that are no numbers, or in the sign of a zero"));
      case ACCUMULATION -> {
        double[] bounds = new AccumulationBound(work.weights(), work.x()).differences();
        for (int i = 0; i < bounds.length; i++) {
          bounds[i] += spacing(work.kernel().y(), Math.max(Math.abs(here.value(i)), Math.abs(there.value(i))));
        }
        yield firstBeyond(here, there, bounds);
      }
    };
  }

  private static Optional<String> firstBeyond(Output here, Output there, double[] bounds) {
    for (int i = 0; i < bounds.length; i++) {
      double difference = Math.abs(here.value(i) - there.value(i));
      if (!(difference <= bounds[i])) {
        return Optional.of("result %d is %.9g here and %.9g there, allowed %.3g apart".formatted(i, here.value(i),
            there.value(i), bounds[i]));
      }
    }
    return Optional.empty();
  }

  /** The distance of neighbouring numbers of {@code type} just below twice {@code size}. */
  private static double spacing(ActivationType type, double size) {
    return switch (type) {
      case F16 -> Math.scalb(1.0, Math.max(Math.getExponent(size), -14) - 10);
      case BF16 -> Math.scalb(1.0, Math.max(Math.getExponent(size), -126) - 7);
    };
  }
}
