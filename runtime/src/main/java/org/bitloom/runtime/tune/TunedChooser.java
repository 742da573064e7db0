package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleChooser;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.tune.TuningTable.Fit;
import org.bitloom.runtime.tune.TuningTable.Found;

/**
 * Picks the stored winner, and where there is none what winners at other shapes and the kernel's own model speak for. A stored
 * schedule is used only if the kernel's space allows it, so that entries which are stale or wrong cost speed at most. Safe for
 * many threads.
 */
public final class TunedChooser implements ScheduleChooser {
  /**
   * A schedule and why it was picked.
   *
   * @param fit how the entry fits; empty where the schedule is the kernel's first choice
   * @param skipped entries that could not be used, each with the reason
   */
  public record Choice(Schedule schedule, Optional<Fit> fit, List<String> skipped) {
    public Choice {
      skipped = List.copyOf(skipped);
    }

    /** Why it was picked, in a few words. */
    public String origin() {
      return fit.map(found -> switch (found) {
        case EXACT -> "tuned";
        case OTHER_VERSION -> "tuned with another driver, NVRTC or generator";
        case OTHER_KERNEL -> "tuned for another kernel of this format";
        case LARGER_BATCH -> "tuned for a larger batch";
        case OTHER_SHAPE -> "as tuned for other shapes";
      }).orElse("first choice, not tuned");
    }
  }

  /**
   * How much slower than its first choice the model may hold the winner of another kernel: no less than the model errs, so that kernels
   * with epilogues or of another type share winners, but too little for, say, 16 pairs of planes where bytes take the time of 8.
   */
  private static final double TRUST_IN_OTHER_KERNELS = 1.5;

  private final TuningPlatform platform;
  private final Supplier<List<TuningTable>> source;
  private final Object lock = new Object();
  private List<TuningTable> tables = List.of();
  private boolean loaded;

  /** Looks up in {@code sources}, which are read once, with the first choice. */
  public TunedChooser(TuningPlatform platform, TuningSources sources) {
    this.platform = platform;
    this.source = () -> sources.tables(platform.device());
  }

  /** Looks up in {@code tables}, in their order. */
  public TunedChooser(TuningPlatform platform, List<TuningTable> tables) {
    this.platform = platform;
    this.source = () -> List.copyOf(tables);
  }

  /** What entries are looked up for. */
  public TuningPlatform platform() {
    return platform;
  }

  @Override
  public Schedule choose(KernelUnit kernel, Problem problem, DeviceInfo device) {
    return choice(kernel, problem, device.limits()).schedule();
  }

  /** As {@link #choose}, and why. */
  public Choice choice(KernelUnit kernel, Problem problem, DeviceLimits limits) {
    TuningKey key = TuningKey.of(platform, kernel, problem);
    List<String> skipped = new ArrayList<>();
    for (Found found : found(key)) {
      Optional<String> reason = reason(found, kernel, problem, limits);
      if (reason.isEmpty()) {
        return new Choice(Schedule.parse(found.entry().schedule()), Optional.of(found.fit()), skipped);
      }
      skipped.add(found.entry().schedule() + ": " + reason.get());
    }
    return untuned(kernel, problem, limits, key, skipped);
  }

  /** What a shape gets that was never measured, whether it was or not: from winners at other shapes, else the first choice. */
  public Choice untuned(KernelUnit kernel, Problem problem, DeviceLimits limits) {
    return untuned(kernel, problem, limits, TuningKey.of(platform, kernel, problem), List.of());
  }

  private Choice untuned(KernelUnit kernel, Problem problem, DeviceLimits limits, TuningKey key,
      List<String> skipped) {
    List<Schedule> winners = tables().stream().flatMap(table -> table.elsewhere(key).stream())
        .flatMap(entry -> entry.parsed().stream()).toList();
    return ShapeTransfer.choice(kernel.space(), problem, limits, winners)
        .map(schedule -> new Choice(schedule, Optional.of(Fit.OTHER_SHAPE), skipped))
        .orElseGet(() -> new Choice(kernel.space().firstChoice(problem, limits), Optional.empty(), skipped));
  }

  /** The best fit first; of equal fits the one of the earlier table. */
  private List<Found> found(TuningKey key) {
    return tables().stream().flatMap(table -> table.find(key).stream()).sorted(Comparator.comparing(Found::fit))
        .toList();
  }

  private static Optional<String> reason(Found found, KernelUnit kernel, Problem problem, DeviceLimits limits) {
    try {
      ScheduleSpace space = kernel.space();
      Schedule schedule = Schedule.parse(found.entry().schedule());
      return space.rejection(schedule, problem, limits)
          .or(() -> found.fit() == Fit.OTHER_KERNEL && !suits(schedule, space, problem, limits)
              ? Optional.of("it won for " + found.entry().key().kernel() + ", for which it suits better")
              : Optional.empty());
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static boolean suits(Schedule schedule, ScheduleSpace space, Problem problem, DeviceLimits limits) {
    return space.candidates(problem, limits).isEmpty() || space.estimateUs(schedule, problem,
        limits) <= TRUST_IN_OTHER_KERNELS * space.estimateUs(space.firstChoice(problem, limits), problem, limits);
  }

  private List<TuningTable> tables() {
    synchronized (lock) {
      if (!loaded) {
        tables = source.get();
        loaded = true;
      }
      return tables;
    }
  }
}
