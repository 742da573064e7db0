package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

import org.bitloom.runtime.api.RejectedSchedule;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.tune.Race.Standing;

/**
 * Tries every legal schedule: slow, and the yardstick of {@link Autotuner}. Each is timed for a moment; those that were nearly as
 * fast as the fastest are checked, and race each other.
 */
public final class ExhaustiveSearch implements ScheduleSearch {
  /** Samples that a first look at a schedule takes; the smaller one counts. */
  private static final int GLIMPSES = 2;
  /** Schedules this close to the best look, at most so many of them, race. */
  private static final double CLOSE = 1.15;
  private static final int FINALISTS = 48;

  private final ExecutorService compilers;

  /**
   * A search.
   *
   * @param compilers threads that compile ahead; stays open
   */
  public ExhaustiveSearch(ExecutorService compilers) {
    this.compilers = compilers;
  }

  @Override
  public TuningResult search(TuningTask task) {
    List<RejectedSchedule> unfit = new ArrayList<>();
    List<RejectedSchedule> wrong = new ArrayList<>();
    Map<Schedule, Double> looks = looks(task, unfit);
    List<Schedule> finalists = finalists(task, looks, wrong);
    if (finalists.isEmpty()) {
      throw new IllegalStateException("no schedule can be used: " + looks.size() + " ran, " + wrong.size()
          + " of the fastest were wrong, " + unfit.size() + " are unfit");
    }
    Race race = new Race(task.timer());
    Schedule winner = race.run(finalists).getFirst().schedule();
    Schedule first = task.space().firstChoice(task.problem(), task.limits());
    Set<Schedule> pair = new LinkedHashSet<>(List.of(winner));
    if (looks.containsKey(first) && task.timer().fault(first).isEmpty()) {
      pair.add(first);
    }
    List<Standing> times = race.runAll(pair);
    return new TuningResult(winner, us(times, winner), us(times, first), looks.size(), unfit, wrong);
  }

  private Map<Schedule, Double> looks(TuningTask task, List<RejectedSchedule> unfit) {
    List<Schedule> all = task.space().candidates(task.problem(), task.limits());
    Map<Schedule, Double> looks = new LinkedHashMap<>();
    try (CompileAhead ahead = new CompileAhead(task.timer(), compilers)) {
      ahead.submit(all);
      for (Schedule schedule : all) {
        Optional<String> reason = ahead.await(schedule);
        reason.ifPresent(why -> unfit.add(new RejectedSchedule(schedule, why)));
        if (reason.isEmpty()) {
          looks.put(schedule, look(task.timer(), schedule));
        }
      }
    }
    return looks;
  }

  private static double look(ScheduleTimer timer, Schedule schedule) {
    double us = Double.MAX_VALUE;
    for (int i = 0; i < GLIMPSES; i++) {
      us = Math.min(us, timer.sample(schedule));
    }
    timer.forget(schedule);
    return us;
  }

  /** Right schedules that may be the best, the fastest look first. */
  private static List<Schedule> finalists(TuningTask task, Map<Schedule, Double> looks, List<RejectedSchedule> wrong) {
    List<Schedule> finalists = new ArrayList<>();
    double limit = Double.MAX_VALUE;
    for (Schedule schedule : looks.keySet().stream().sorted(Comparator.comparingDouble(looks::get)).toList()) {
      if (looks.get(schedule) > limit || finalists.size() == FINALISTS) {
        break;
      }
      Optional<String> fault = task.timer().fault(schedule);
      fault.ifPresent(why -> wrong.add(new RejectedSchedule(schedule, why)));
      if (fault.isEmpty()) {
        limit = Math.min(limit, CLOSE * looks.get(schedule));
        finalists.add(schedule);
      }
    }
    return finalists;
  }

  private static double us(List<Standing> times, Schedule schedule) {
    return times.stream().filter(standing -> standing.schedule().equals(schedule)).findFirst().map(Standing::us)
        .orElse(Double.NaN);
  }
}
