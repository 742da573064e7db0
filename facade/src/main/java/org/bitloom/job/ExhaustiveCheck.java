package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

import org.bitloom.job.TuneTargets.Target;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.GraphScheduleTimer;
import org.bitloom.runtime.tune.Autotuner;
import org.bitloom.runtime.tune.ExhaustiveSearch;
import org.bitloom.runtime.tune.ScheduleSearch;
import org.bitloom.runtime.tune.SideBySide;
import org.bitloom.runtime.tune.TuningEffort;
import org.bitloom.runtime.tune.TuningResult;
import org.bitloom.runtime.tune.TuningTask;

/** Holds the tuner against an exhaustive search on a GPU: both winners, timed side by side. Stores nothing. */
public final class ExhaustiveCheck {
  /** The tuner's winner may take this many times the time of the best of all. */
  public static final double ALLOWED = 1.03;

  /**
   * Both winners of one product.
   *
   * @param candidates legal schedules
   * @param measured how many of them the exhaustive search timed; the others spill registers
   * @param tunedSeconds how long the tuner took
   * @param bestSeconds how long the exhaustive search took
   */
  public record Outcome(String format, Problem problem, String tuned, double tunedUs, String best, double bestUs,
      int candidates, int measured, double tunedSeconds, double bestSeconds) {
    /** Time of the tuner's winner over that of the best. */
    public double ratio() {
      return tunedUs / bestUs;
    }

    /** Whether the tuner found a schedule as good as it must be. */
    public boolean passed() {
      return ratio() <= ALLOWED;
    }
  }

  private final TuneRequest request;

  /** A check of the products that {@code request} names. */
  public ExhaustiveCheck(TuneRequest request) {
    this.request = request;
  }

  /** Checks everything; {@code progress} is told each outcome as soon as it is known. */
  public List<Outcome> run(Consumer<Outcome> progress) {
    List<Target> targets = TuneTargets.of(request);
    List<Outcome> outcomes = new ArrayList<>();
    try (CudaDevice device = DeviceOpener.gpu("tune"); ExecutorService compilers = TuneJob.compilers()) {
      for (ShapeBatches asked : request.shapes()) {
        Shape shape = asked.shape();
        for (Target target : targets) {
          try (LoadedLayer layer = new LoadedLayer(device, target.format(), target.kernel(), shape, asked.most())) {
            for (List<Integer> batches : TuneTargets.buckets(asked.batches()).values()) {
              Outcome outcome = check(device, target, layer, new Problem(shape.n(), shape.k(), batches.getLast()),
                  compilers);
              progress.accept(outcome);
              outcomes.add(outcome);
            }
          }
        }
      }
    }
    return outcomes;
  }

  private static Outcome check(CudaDevice device, Target target, LoadedLayer layer, Problem problem,
      ExecutorService compilers) {
    try (GraphScheduleTimer timer = layer.timer(problem.m())) {
      TuningTask task = new TuningTask(target.kernel().space(), problem, device.info().limits(), List.of(), timer);
      Timed tuned = timed(new Autotuner(TuningEffort.STANDARD, compilers), task);
      Timed best = timed(new ExhaustiveSearch(compilers), task);
      List<Double> us = new SideBySide(timer).us(List.of(tuned.schedule(), best.schedule()));
      return new Outcome(PlainKernels.label(target.kernel()), problem, tuned.schedule().toString(), us.getFirst(),
          best.schedule().toString(), us.getLast(),
          task.space().candidates(problem, device.info().limits()).size(), best.result().measured(), tuned.seconds(),
          best.seconds());
    }
  }

  private record Timed(TuningResult result, double seconds) {
    Schedule schedule() {
      return result.schedule();
    }
  }

  private static Timed timed(ScheduleSearch search, TuningTask task) {
    long start = System.nanoTime();
    TuningResult result = search.search(task);
    return new Timed(result, (System.nanoTime() - start) / 1e9);
  }
}
