package org.bitloom.runtime.tune;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.Schedule;

/**
 * Which candidates lie next to each other: those of one family that differ in one or two numbers, each by one step among the values that
 * occur. Two numbers at once, because what one gains another must often give back (warps along n for warps along k).
 */
final class Neighbourhood {
  private static final int MOST_CHANGES = 2;

  private final List<Schedule> ranked;
  /** Of each family, the values that occur of each number, in order. */
  private final Map<String, List<List<Integer>>> values = new HashMap<>();

  /** A neighbourhood of all {@code ranked} candidates, the most promising first. */
  Neighbourhood(List<Schedule> ranked) {
    this.ranked = List.copyOf(ranked);
    ranked.stream().collect(Collectors.groupingBy(Schedule::family))
        .forEach((family, own) -> values.put(family, values(own)));
  }

  private static List<List<Integer>> values(List<Schedule> own) {
    return IntStream.range(0, own.getFirst().numbers().size())
        .mapToObj(i -> List.copyOf(new TreeSet<>(own.stream().map(s -> s.numbers().get(i)).toList()))).toList();
  }

  /** The neighbours of {@code schedule}: fewer changes first, then as ranked. */
  List<Schedule> of(Schedule schedule) {
    record Near(Schedule schedule, int changes) {
    }
    return ranked.stream().filter(other -> other.family().equals(schedule.family()))
        .map(other -> new Near(other, changes(schedule, other)))
        .filter(near -> near.changes() >= 1 && near.changes() <= MOST_CHANGES)
        .sorted(Comparator.comparingInt(Near::changes)).map(Near::schedule).toList();
  }

  /** How many numbers differ; more than allowed if one differs by more than a step. */
  private int changes(Schedule one, Schedule other) {
    int changes = 0;
    List<List<Integer>> own = values.get(one.family());
    for (int i = 0; i < own.size(); i++) {
      int steps = Math.abs(own.get(i).indexOf(one.numbers().get(i)) - own.get(i).indexOf(other.numbers().get(i)));
      if (steps > 1) {
        return Integer.MAX_VALUE;
      }
      changes += steps;
    }
    return changes;
  }
}
