package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

import org.bitloom.runtime.api.RejectedSchedule;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.tune.Race.Standing;

/**
 * The schedules that one search has tried: each is compiled once and its result checked once before its time counts, and
 * the best so far race against whatever comes next.
 */
final class Trials implements AutoCloseable {
  /** How many of the best run again beside newcomers. */
  private static final int FINALISTS = 4;

  private final TuningTask task;
  private final CompileAhead ahead;
  private final Race race;
  private final Set<Schedule> tried = new HashSet<>();
  private final Set<Schedule> right = new HashSet<>();
  private final List<RejectedSchedule> unfit = new ArrayList<>();
  private final List<RejectedSchedule> wrong = new ArrayList<>();
  private List<Standing> best = List.of();

  Trials(TuningTask task, ExecutorService compilers) {
    this.task = task;
    this.ahead = new CompileAhead(task.timer(), compilers);
    this.race = new Race(task.timer());
  }

  /** Starts compiling these. */
  void announce(Collection<Schedule> schedules) {
    ahead.submit(schedules);
  }

  /** Whether {@code schedule} was tried before. */
  boolean tried(Schedule schedule) {
    return tried.contains(schedule);
  }

  /** The fastest so far, the best first; empty if none was usable. */
  List<Standing> best() {
    return best;
  }

  /** Tries these, and lets the usable ones race against the best so far. */
  void run(List<Schedule> schedules) {
    ahead.submit(schedules);
    Set<Schedule> entrants = new LinkedHashSet<>();
    best.forEach(standing -> entrants.add(standing.schedule()));
    schedules.stream().filter(tried::add).filter(this::usable).forEach(entrants::add);
    if (entrants.size() > best.size()) {
      List<Standing> standings = race.run(entrants);
      standings.stream().skip(FINALISTS).forEach(standing -> task.timer().forget(standing.schedule()));
      best = standings.subList(0, Math.min(FINALISTS, standings.size()));
    }
  }

  private boolean usable(Schedule schedule) {
    Optional<String> reason = ahead.await(schedule);
    if (reason.isPresent()) {
      unfit.add(new RejectedSchedule(schedule, reason.get()));
      return false;
    }
    Optional<String> fault = task.timer().fault(schedule);
    if (fault.isPresent()) {
      wrong.add(new RejectedSchedule(schedule, fault.get()));
      return false;
    }
    right.add(schedule);
    return true;
  }

  /** The outcome, with the winner and the kernel's first choice timed once more side by side. */
  TuningResult result() {
    if (best.isEmpty()) {
      throw new IllegalStateException("no schedule of " + tried.size() + " can be used: " + reasons());
    }
    Schedule winner = best.getFirst().schedule();
    Schedule first = task.space().firstChoice(task.problem(), task.limits());
    run(List.of(first));
    winner = best.isEmpty() ? winner : best.getFirst().schedule();
    Set<Schedule> pair = new LinkedHashSet<>(List.of(winner));
    if (right.contains(first)) {
      pair.add(first);
    }
    List<Standing> times = race.runAll(pair);
    return new TuningResult(winner, us(times, winner), right.contains(first) ? us(times, first) : Double.NaN,
        right.size(), unfit, wrong);
  }

  private static double us(List<Standing> times, Schedule schedule) {
    return times.stream().filter(standing -> standing.schedule().equals(schedule)).findFirst().orElseThrow().us();
  }

  private String reasons() {
    List<RejectedSchedule> all = new ArrayList<>(wrong);
    all.addAll(unfit);
    return all.stream().limit(3).map(rejected -> rejected.schedule() + ": " + rejected.reason())
        .collect(Collectors.joining("; "));
  }

  @Override
  public void close() {
    ahead.close();
  }
}
