package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.bitloom.runtime.api.Schedule;

/**
 * Compares schedules by rounds in which each is sampled once, so that a change of clocks or temperature meets all of them
 * alike. Successive halving: those that are clearly slower than the best leave early; how clearly is judged from the margin
 * of the round and from the noise seen so far.
 */
final class Race {
  private static final int ROUNDS = 21;
  private static final int FIRST_CHECK = 3;
  /** Standard errors of two medians that count as noise. */
  private static final double NOISE = 3;

  /** A schedule that stayed to the end. */
  record Standing(Schedule schedule, double us) {
  }

  private final ScheduleTimer timer;

  Race(ScheduleTimer timer) {
    this.timer = timer;
  }

  /** The schedules that stayed to the end, the fastest first; of equal times the earlier entrant. */
  List<Standing> run(Collection<Schedule> entrants) {
    Map<Schedule, Samples> running = new LinkedHashMap<>();
    entrants.forEach(schedule -> running.put(schedule, new Samples()));
    for (int round = 1; round <= ROUNDS; round++) {
      List<Schedule> order = new ArrayList<>(running.keySet());
      if (round % 2 == 0) {
        Collections.reverse(order);
      }
      order.forEach(schedule -> running.get(schedule).add(timer.sample(schedule)));
      if (round >= FIRST_CHECK && running.size() > 1) {
        dropLosers(running, margin(round));
      }
    }
    return standings(running);
  }

  /** Every entrant runs all rounds, for times that are to be compared with each other. */
  List<Standing> runAll(Collection<Schedule> entrants) {
    Map<Schedule, Samples> running = new LinkedHashMap<>();
    entrants.forEach(schedule -> running.put(schedule, new Samples()));
    for (int round = 1; round <= ROUNDS; round++) {
      running.forEach((schedule, samples) -> samples.add(timer.sample(schedule)));
    }
    return standings(running);
  }

  /** A part of the best time that nobody is dropped for in this round: 15 % after the first rounds, 2 % after many. */
  private static double margin(int round) {
    return Math.max(0.02, 0.45 / round);
  }

  private void dropLosers(Map<Schedule, Samples> running, double margin) {
    Samples best = Collections.min(running.values(), Comparator.comparingDouble(Samples::median));
    double limit = best.median() * (1 + margin) + NOISE * best.error();
    List<Schedule> losers = running.entrySet().stream()
        .filter(e -> e.getValue().median() > limit + NOISE * e.getValue().error()).map(Map.Entry::getKey).toList();
    losers.forEach(running::remove);
    losers.forEach(timer::forget);
  }

  private static List<Standing> standings(Map<Schedule, Samples> running) {
    return running.entrySet().stream().map(e -> new Standing(e.getKey(), e.getValue().median()))
        .sorted(Comparator.comparingDouble(Standing::us)).toList();
  }
}
