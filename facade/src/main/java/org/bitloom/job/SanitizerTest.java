package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.quant.Quantizer;

/**
 * As little as launches every text of a format's kernels, for tools that make launches slow and each text
 * dear to load: one schedule of each family, on the smallest layer with ragged edges that keeps all of its warps at work until
 * slots of their rings were filled again. From kernel to kernel schedules differ, and split-K takes turns with none.
 */
final class SanitizerTest {
  private static final long SEED = 43;
  /** Batches of one block of columns that is not full, and of two. */
  private static final List<Integer> BATCHES = List.of(3, 17);
  /** Those of families that have no schedule for so many columns. */
  private static final List<Integer> FEW = List.of(1, 2);
  /** A multiplier that spreads choices over candidates. */
  private static final int SPREAD = 7919;
  private static final int MOST_THREADS = 256;
  private static final int MOST_UNITS = 8;
  private static final int MOST_STAGES = 4;
  private static final int RAGGED_ROWS = 5;
  /** Stages beyond those that fill the ring for the first time. */
  private static final int REFILLED = 2;
  /** What k is short of whole units: rows of x then are aligned to 2 bytes, or to 16. */
  private static final int UNALIGNED = 3;
  private static final int ALIGNED = 8;

  private final Device device;

  SanitizerTest(Device device) {
    this.device = device;
  }

  /** Products of {@code format}. */
  static long products(WeightFormat format) {
    return BATCHES.size() * format.kernels().stream().mapToLong(kernel -> kernel.variants().size()).sum();
  }

  /** Runs each family of each kernel; a family that cannot run on the device is skipped. */
  Tally run(WeightFormat format) {
    Tally tally = Tally.NOTHING;
    for (KernelUnit kernel : format.kernels()) {
      int turn = Math.floorMod(kernel.entry().hashCode(), SPREAD);
      for (KernelVariant variant : kernel.variants()) {
        int own = turn++;
        List<Integer> batches = candidates(kernel, variant, BATCHES).isEmpty() ? FEW : BATCHES;
        tally = tally.plus(schedule(kernel, variant, batches, own)
            .map(schedule -> products(format, kernel, schedule, batches, own)).orElse(Tally.skip(batches.size())));
      }
    }
    return tally;
  }

  /** A schedule of {@code variant}, another one for another {@code turn}. */
  private Optional<Schedule> schedule(KernelUnit kernel, KernelVariant variant, List<Integer> batches, int turn) {
    ScheduleSpace space = variant.space();
    Problem problem = problem(kernel, batches);
    List<Schedule> small = preferred(candidates(kernel, variant, batches),
        s -> space.launch(s, problem).threads() <= MOST_THREADS
            && s.unitsPerRound() <= MOST_UNITS && s.stages() <= MOST_STAGES);
    List<Schedule> split = preferred(small, s -> space.launch(s, problem).gridY() > 1 == (turn % 2 == 0));
    return split.isEmpty()
        ? Optional.empty()
        : Optional.of(split.get((int) ((long) turn * SPREAD % split.size())));
  }

  private List<Schedule> candidates(KernelUnit kernel, KernelVariant variant, List<Integer> batches) {
    return variant.space().candidates(problem(kernel, batches), device.info().limits());
  }

  private static Problem problem(KernelUnit kernel, List<Integer> batches) {
    return new Problem(256, 2 * MOST_UNITS * kernel.layout().unitK(), batches.getLast());
  }

  private static List<Schedule> preferred(List<Schedule> schedules, Predicate<Schedule> wish) {
    List<Schedule> wished = schedules.stream().filter(wish).toList();
    return wished.isEmpty() ? schedules : wished;
  }

  private Tally products(WeightFormat format, KernelUnit kernel, Schedule schedule, List<Integer> batches, int turn) {
    int k = kernel.layout().unitK() * schedule.unitsPerRound() * (schedule.stages() + REFILLED)
        - (turn % 3 == 0 ? ALIGNED : UNALIGNED);
    Shape shape = new Shape(schedule.rows() + RAGGED_ROWS, k);
    int most = batches.getLast();
    try (Arena arena = Arena.ofShared()) {
      Layer layer = Layer.of(format, Quantizer.standard(format.info()),
          new WeightSource.Random(shape).load(arena).matrix(), arena);
      Activations x = Activations.random(kernel.x(), most, k, SEED, arena);
      Optional<MemorySegment> bias = Bias.of(kernel, shape.n(), arena);
      Verdict verdict = new Verdict(shape.n(), Reference.of(kernel, layer.quantized(), bias).multiply(x.bits(), most));
      Tally tally = Tally.NOTHING;
      try (ProductRunner runner = new ProductRunner(device, shape.n(), k, most);
          Linear linear = device.linear(format, kernel, layer.packed(), bias)) {
        runner.give(x);
        for (int m : batches) {
          linear.prepare(m, schedule);
          Output y = runner.run(linear, m, kernel.y());
          double error = verdict.error(y);
          tally = tally.plus(verdict.fault(y, kernel.y())
              .map(fault -> Tally.failure(error,
                  "%s %s m=%d %s: %s".formatted(kernel.entry(), shape, m, schedule, fault)))
              .orElseGet(() -> Tally.pass(error)));
        }
      }
      return tally;
    }
  }
}
