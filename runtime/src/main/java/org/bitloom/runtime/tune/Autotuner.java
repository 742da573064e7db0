package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.tune.Race.Standing;

/**
 * Finds a fast schedule by measuring few: chunks of the model's ranking race each other until they bring no progress, then
 * the search climbs through the neighbours of the best ones until nothing near is faster.
 */
public final class Autotuner implements ScheduleSearch {
  /** A chunk that makes the best time this much smaller is progress. */
  private static final double PROGRESS = 0.995;
  /** Neighbours are tried around schedules this close to the best. */
  private static final double CLOSE = 1.03;
  private static final int MOST_LIKE_A_SEED = 4;
  private static final int FIRST_OF_A_FAMILY = 3;

  private final TuningEffort effort;
  private final ExecutorService compilers;
  private final LongSupplier nanos;

  /**
   * A tuner.
   *
   * @param compilers threads that compile ahead, best one a processor; stays open
   */
  public Autotuner(TuningEffort effort, ExecutorService compilers) {
    this(effort, compilers, System::nanoTime);
  }

  Autotuner(TuningEffort effort, ExecutorService compilers, LongSupplier nanos) {
    this.effort = effort;
    this.compilers = compilers;
    this.nanos = nanos;
  }

  @Override
  public TuningResult search(TuningTask task) {
    long start = nanos.getAsLong();
    List<Schedule> ranked = task.space().ranked(task.problem(), task.limits());
    try (Trials trials = new Trials(task, compilers)) {
      screen(trials, chunks(ranked, task.seeds(), effort), start);
      climb(trials, new Neighbourhood(ranked), start);
      return trials.result();
    }
  }

  /** What a search of {@code problem} without seeds measures first. */
  public static List<Schedule> opening(ScheduleSpace space, Problem problem, DeviceLimits limits, TuningEffort effort) {
    List<Schedule> ranked = space.ranked(problem, limits);
    return ranked.isEmpty() ? List.of() : chunks(ranked, List.of(), effort).getFirst();
  }

  private boolean late(long start) {
    return nanos.getAsLong() - start > effort.time().toNanos();
  }

  private static List<List<Schedule>> chunks(List<Schedule> ranked, List<Schedule> seeds, TuningEffort effort) {
    Set<Schedule> order = new LinkedHashSet<>();
    seeds.forEach(seed -> order.addAll(like(seed, ranked)));
    // Where several families are legal, each is measured, whatever the model says.
    ranked.stream().collect(Collectors.groupingBy(Schedule::family, TreeMap::new, Collectors.toList())).values()
        .forEach(family -> family.stream().limit(FIRST_OF_A_FAMILY).forEach(order::add));
    ranked.stream().limit(effort.candidates()).forEach(order::add);
    List<Schedule> all = List.copyOf(order);
    List<List<Schedule>> chunks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += effort.chunk()) {
      chunks.add(all.subList(from, Math.min(all.size(), from + effort.chunk())));
    }
    return chunks;
  }

  /** The candidate {@code seed}, and those like it in all numbers but one: winners of another batch fill other tiles. */
  private static List<Schedule> like(Schedule seed, List<Schedule> ranked) {
    return ranked.stream().filter(candidate -> differences(seed, candidate) <= 1)
        .sorted(Comparator.comparingInt(candidate -> differences(seed, candidate))).limit(MOST_LIKE_A_SEED).toList();
  }

  private static int differences(Schedule one, Schedule other) {
    if (!one.family().equals(other.family())) {
      return Integer.MAX_VALUE;
    }
    List<Integer> a = one.numbers();
    List<Integer> b = other.numbers();
    return (int) IntStream.range(0, a.size()).filter(i -> !a.get(i).equals(b.get(i))).count();
  }

  private void screen(Trials trials, List<List<Schedule>> chunks, long start) {
    int fruitless = 0;
    for (int i = 0; i < chunks.size(); i++) {
      if (!trials.best().isEmpty() && (fruitless >= effort.patience() || late(start))) {
        return;
      }
      trials.announce(chunks.get(i));
      if (i + 1 < chunks.size()) {
        trials.announce(chunks.get(i + 1));
      }
      double before = bestUs(trials);
      trials.run(chunks.get(i));
      fruitless = bestUs(trials) < PROGRESS * before ? 0 : fruitless + 1;
    }
  }

  private void climb(Trials trials, Neighbourhood neighbourhood, long start) {
    Set<Schedule> expanded = new HashSet<>();
    Optional<Schedule> next = next(trials, expanded);
    while (next.isPresent() && !late(start)) {
      expanded.add(next.get());
      List<Schedule> near = untried(trials, neighbourhood, next.get());
      trials.announce(near);
      next(trials, expanded).ifPresent(later -> trials.announce(untried(trials, neighbourhood, later)));
      trials.run(near);
      next = next(trials, expanded);
    }
  }

  private List<Schedule> untried(Trials trials, Neighbourhood neighbourhood, Schedule schedule) {
    return neighbourhood.of(schedule).stream().filter(near -> !trials.tried(near)).limit(effort.neighbours()).toList();
  }

  /** The best schedule whose neighbours were not tried, if it is close to the best of all. */
  private static Optional<Schedule> next(Trials trials, Set<Schedule> expanded) {
    double limit = CLOSE * bestUs(trials);
    return trials.best().stream().filter(standing -> standing.us() <= limit).map(Standing::schedule)
        .filter(schedule -> !expanded.contains(schedule)).findFirst();
  }

  private static double bestUs(Trials trials) {
    return trials.best().isEmpty() ? Double.MAX_VALUE : trials.best().getFirst().us();
  }
}
