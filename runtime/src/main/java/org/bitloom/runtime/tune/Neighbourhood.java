package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

import org.bitloom.runtime.api.Schedule;

/**
 * Which candidates lie next to each other: those that differ in one or two numbers, each by one step among the values that
 * occur. Two numbers at once, because what one gains another must often give back (warps along n for warps along k).
 */
final class Neighbourhood {
  private static final int MOST_CHANGES = 2;

  private final List<Schedule> ranked;
  private final List<List<Integer>> values = new ArrayList<>();

  /** A neighbourhood of all {@code ranked} candidates, the most promising first. */
  Neighbourhood(List<Schedule> ranked) {
    this.ranked = List.copyOf(ranked);
    int numbers = ranked.isEmpty() ? 0 : ranked.getFirst().numbers().size();
    for (int i = 0; i < numbers; i++) {
      int index = i;
      values.add(List.copyOf(new TreeSet<>(ranked.stream().map(s -> s.numbers().get(index)).toList())));
    }
  }

  /** The neighbours of {@code schedule}: fewer changes first, then as ranked. */
  List<Schedule> of(Schedule schedule) {
    record Near(Schedule schedule, int changes) {
    }
    return ranked.stream().map(other -> new Near(other, changes(schedule, other)))
        .filter(near -> near.changes() >= 1 && near.changes() <= MOST_CHANGES)
        .sorted(Comparator.comparingInt(Near::changes)).map(Near::schedule).toList();
  }

  /** How many numbers differ; more than allowed if one differs by more than a step. */
  private int changes(Schedule one, Schedule other) {
    int changes = 0;
    for (int i = 0; i < values.size(); i++) {
      int steps = Math.abs(values.get(i).indexOf(one.numbers().get(i)) - values.get(i).indexOf(other.numbers().get(i)));
      if (steps > 1) {
        return Integer.MAX_VALUE;
      }
      changes += steps;
    }
    return changes;
  }
}
