package org.bitloom.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.bitloom.job.TuneTargets.Target;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.RejectedSchedule;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.GraphScheduleTimer;
import org.bitloom.runtime.measure.GraphTimer;
import org.bitloom.runtime.tune.Autotuner;
import org.bitloom.runtime.tune.IdleCompiler;
import org.bitloom.runtime.tune.TuningEffort;
import org.bitloom.runtime.tune.TuningEntry;
import org.bitloom.runtime.tune.TuningKey;
import org.bitloom.runtime.tune.TuningResult;
import org.bitloom.runtime.tune.TuningStore;
import org.bitloom.runtime.tune.TuningTask;

/** Finds fast schedules on a GPU and stores each as soon as it is found, then measures it beside read floor and cuBLAS. */
public final class TuneJob {
  private static final int GRAPH_LAUNCHES = 16;
  private static final int REPLAYS = 21;
  private static final int MANY_PROCESSORS = 4;

  private final TuneRequest request;
  private final Workplace workplace;

  /** The tuning that {@code request} asks for. */
  public TuneJob(TuneRequest request, Workplace workplace) {
    this.request = request;
    this.workplace = workplace;
  }

  /** What the GPU is called, and why cuBLAS is missing if it is. */
  public record Summary(String deviceName, Optional<String> cublasMissing) {
  }

  /** Tunes everything; {@code listener} is told as it goes. */
  public Summary run(TuneListener listener) {
    List<Target> targets = TuneTargets.of(request);
    TuningStore store = new TuningStore(request.out());
    List<TuningEntry> known = store.entries();
    try (CudaDevice device = DeviceOpener.gpu("tune"); ThreadPoolExecutor compilers = compilers()) {
      try (Tuning tuning = new Tuning(device, compilers, store, known, listener)) {
        int total = targets.size()
            * request.shapes().stream().mapToInt(shape -> TuneTargets.buckets(shape.batches()).size()).sum();
        List<Work> works = request.shapes().stream()
            .flatMap(shape -> targets.stream().map(target -> new Work(target, shape))).toList();
        for (int i = 0; i < works.size(); i++) {
          tuning.compileAhead(works.subList(i, Math.min(works.size(), i + 2)));
          tuning.tune(works.get(i).target(), works.get(i).shape(), total);
        }
        return new Summary(device.info().name(), tuning.baselines.cublasMissing());
      }
    }
  }

  /** One compiling thread a processor; where there are many, two processors stay free for the thread that measures. */
  static ThreadPoolExecutor compilers() {
    int processors = Runtime.getRuntime().availableProcessors();
    int threads = processors > MANY_PROCESSORS ? processors - 2 : processors;
    return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  }

  /** One format and shape. */
  private record Work(Target target, ShapeBatches shape) {
    /** One for each bucket of batches. */
    List<Problem> problems() {
      return TuneTargets.buckets(shape.batches()).values().stream()
          .map(batches -> new Problem(shape.shape().n(), shape.shape().k(), batches.getLast())).toList();
    }
  }

  /** The tuning of one run on one device. */
  private final class Tuning implements AutoCloseable {
    private final CudaDevice device;
    private final DeviceLimits limits;
    private final ExecutorService compilers;
    private final IdleCompiler idle;
    private final TuningStore store;
    private final Map<TuningKey, TuningEntry> known = new HashMap<>();
    private final TuneListener listener;
    private final Stream stream;
    private final GraphTimer timer;
    private final Baselines baselines;
    private final Map<Long, Double> floors = new HashMap<>();
    private final Map<Problem, OptionalDouble> dense = new HashMap<>();
    private int begun;

    Tuning(CudaDevice device, ThreadPoolExecutor compilers, TuningStore store, List<TuningEntry> entries,
        TuneListener listener) {
      this.device = device;
      this.limits = device.info().limits();
      this.compilers = compilers;
      this.idle = new IdleCompiler(compilers);
      this.store = store;
      this.listener = listener;
      this.stream = device.openStream();
      this.timer = new GraphTimer(device, stream, GRAPH_LAUNCHES, REPLAYS);
      this.baselines = new Baselines(device, stream, timer, workplace.environment());
      entries.forEach(entry -> known.put(entry.key(), entry));
    }

    /** What searches of {@code works} begin with is compiled while others are measured, or weights are packed. */
    void compileAhead(List<Work> works) {
      idle.begin(works.stream().<Runnable>flatMap(work -> work.problems().stream()
          .filter(problem -> stored(work.target(), problem).isEmpty())
          .flatMap(problem -> Autotuner
              .opening(work.target().kernel().space(), problem, limits, TuningEffort.STANDARD).stream())
          .map(schedule -> () -> device.compiler().compile(work.target().kernel(), schedule, device.info().arch())))
          .iterator());
    }

    private TuningKey key(Target target, Problem problem) {
      return TuningKey.of(device.tuned().platform(), target.kernel(), problem);
    }

    /**
     * One format and shape: its batches share the time, and each starts from what products use so far, perhaps found for an earlier
     * text, and from the winners of the batches before.
     */
    void tune(Target target, ShapeBatches asked, int total) {
      SortedMap<Integer, List<Integer>> buckets = TuneTargets.buckets(asked.batches());
      Shape shape = asked.shape();
      try (LoadedLayer layer = new LoadedLayer(device, target.format(), target.kernel(), shape, asked.most())) {
        Duration left = request.time();
        List<Schedule> winners = new ArrayList<>();
        int bucketsLeft = buckets.size();
        for (List<Integer> batches : buckets.values()) {
          Problem problem = new Problem(shape.n(), shape.k(), batches.getLast());
          listener.began(PlainKernels.label(target.kernel()) + " " + shape + " m=" + problem.m(), ++begun, total);
          long start = System.nanoTime();
          List<Schedule> seeds = new ArrayList<>(winners);
          seeds.addFirst(device.tuned().choice(target.kernel(), TuningKey.largest(problem), limits).schedule());
          Winner winner = winner(target, layer, problem, seeds, left.dividedBy(bucketsLeft--));
          left = left.minusNanos(System.nanoTime() - start);
          winners.addFirst(winner.schedule());
          batches.forEach(m -> listener.row(row(target, layer, new Problem(shape.n(), shape.k(), m), winner)));
        }
      }
    }

    private Winner winner(Target target, LoadedLayer layer, Problem problem, List<Schedule> seeds, Duration time) {
      Optional<Schedule> stored = stored(target, problem);
      if (stored.isPresent()) {
        return new Winner(stored.get(), OptionalDouble.empty());
      }
      try (GraphScheduleTimer schedules = layer.timer(problem.m())) {
        TuningResult result = new Autotuner(TuningEffort.STANDARD.within(time), compilers)
            .search(new TuningTask(target.kernel().space(), problem, limits, seeds, schedules));
        for (RejectedSchedule wrong : result.wrong()) {
          listener.problem("%s %dx%d m=%d %s is WRONG: %s".formatted(target.kernel().entry(), problem.n(), problem.k(),
              problem.m(), wrong.schedule(), wrong.reason()));
        }
        store.add(new TuningEntry(key(target, problem), result.schedule().toString(), problem.m(), result.us()));
        return new Winner(result.schedule(), Double.isNaN(result.firstUs())
            ? OptionalDouble.empty()
            : OptionalDouble.of(result.firstUs() / result.us()));
      }
    }

    private Optional<Schedule> stored(Target target, Problem problem) {
      return switch (request.known()) {
        case TUNE_AGAIN -> Optional.empty();
        case KEEP -> Optional.ofNullable(known.get(key(target, problem))).flatMap(TuningEntry::parsed)
            .filter(
                schedule -> target.kernel().space().rejection(schedule, TuningKey.largest(problem), limits).isEmpty());
      };
    }

    private TuneRow row(Target target, LoadedLayer layer, Problem problem, Winner winner) {
      long denseBytes = (long) problem.n() * problem.k() * Short.BYTES;
      return new TuneRow(PlainKernels.label(target.kernel()), problem.n(), problem.k(), problem.m(),
          layer.us(timer, stream, problem.m(), winner.schedule()),
          floors.computeIfAbsent(layer.bytes(), baselines::floorUs),
          dense.computeIfAbsent(problem,
              p -> baselines.cublasUs(request.type(), p, layer.runner().x(), layer.runner().y())),
          floors.computeIfAbsent(denseBytes, baselines::floorUs), layer.bytes(), winner.schedule().toString(),
          winner.gain());
    }

    @Override
    public void close() {
      idle.close();
      baselines.close();
      stream.close();
    }
  }

  private record Winner(Schedule schedule, OptionalDouble gain) {
  }
}
