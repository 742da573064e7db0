package org.bitloom.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import org.bitloom.job.TuneTargets.Target;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.GraphScheduleTimer;
import org.bitloom.runtime.tune.SideBySide;
import org.bitloom.runtime.tune.TunedChooser.Choice;
import org.bitloom.runtime.tune.TuningKey;

/**
 * Holds what products run with where nothing was measured against stored winners, on a GPU: the model's first choice, and what
 * winners of other shapes make of it. Stores nothing.
 */
public final class UntunedCheck {
  /** What is used untuned may take this many times the time of the tuned schedule. */
  public static final double ALLOWED = 1.15;

  /**
   * One product; times are medians of the same rounds, in microseconds.
   *
   * @param tuned what is stored for the product, of the origin {@code origin}
   * @param first the first choice of the kernel's model
   * @param untuned what the product would run with if its shape were not stored
   */
  public record Outcome(String format, Problem problem, String tuned, String origin, double tunedUs, String first,
      double firstUs, String untuned, double untunedUs) {
    /** Time of the model's first choice over that of the tuned schedule. */
    public double firstRatio() {
      return firstUs / tunedUs;
    }

    /** Time of the schedule that is used untuned over that of the tuned one. */
    public double untunedRatio() {
      return untunedUs / tunedUs;
    }
  }

  private record Schedules(Problem problem, Choice tuned, Schedule first, Choice untuned) {
    List<Schedule> all() {
      return List.of(tuned.schedule(), first, untuned.schedule());
    }
  }

  private final TuneRequest request;

  /** A check of the products that {@code request} names. */
  public UntunedCheck(TuneRequest request) {
    this.request = request;
  }

  /** Checks everything; {@code progress} is told each outcome as soon as it is known. */
  public List<Outcome> run(Consumer<Outcome> progress) {
    List<Target> targets = TuneTargets.of(request);
    List<Outcome> outcomes = new ArrayList<>();
    try (CudaDevice device = DeviceOpener.gpu("tune"); ExecutorService compilers = TuneJob.compilers()) {
      for (ShapeBatches asked : request.shapes()) {
        for (Target target : targets) {
          List<Schedules> products = asked.problems().stream().map(p -> schedules(device, target, p)).toList();
          List<Future<?>> compiled = compile(device, target, products, compilers);
          try (LoadedLayer layer = new LoadedLayer(device, target.format(), target.kernel(), asked.shape(),
              asked.most())) {
            compiled.forEach(UntunedCheck::await);
            for (Schedules product : products) {
              Outcome outcome = measure(target, layer, product);
              progress.accept(outcome);
              outcomes.add(outcome);
            }
          }
        }
      }
    }
    return outcomes;
  }

  private static Schedules schedules(CudaDevice device, Target target, Problem problem) {
    DeviceLimits limits = device.info().limits();
    Problem largest = TuningKey.largest(problem);
    return new Schedules(problem, device.tuned().choice(target.kernel(), largest, limits),
        target.kernel().space().firstChoice(largest, limits),
        device.tuned().untuned(target.kernel(), largest, limits));
  }

  private static List<Future<?>> compile(CudaDevice device, Target target, List<Schedules> products,
      ExecutorService compilers) {
    Set<Schedule> schedules = new LinkedHashSet<>();
    products.forEach(product -> schedules.addAll(product.all()));
    List<Future<?>> compiled = new ArrayList<>();
    schedules.forEach(schedule -> compiled.add(
        compilers.submit(() -> device.compiler().compile(target.kernel(), schedule, device.info().arch()))));
    return compiled;
  }

  private static void await(Future<?> compiled) {
    try {
      compiled.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while schedules compiled", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a schedule does not compile", e.getCause());
    }
  }

  private static Outcome measure(Target target, LoadedLayer layer, Schedules product) {
    try (GraphScheduleTimer timer = layer.timer(product.problem().m())) {
      List<Double> us = new SideBySide(timer).us(product.all());
      return new Outcome(PlainKernels.label(target.kernel()), product.problem(),
          product.tuned().schedule().toString(), product.tuned().origin(), us.get(0), product.first().toString(),
          us.get(1), product.untuned().schedule().toString(), us.get(2));
    }
  }
}
