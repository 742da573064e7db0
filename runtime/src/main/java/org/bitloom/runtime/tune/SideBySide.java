package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

import org.bitloom.runtime.api.Schedule;

/** Times of schedules that can be compared with each other: all are sampled in the same rounds, and none drops out. */
public final class SideBySide {
  private final ScheduleTimer timer;

  /** Times that {@code timer} takes. */
  public SideBySide(ScheduleTimer timer) {
    this.timer = timer;
  }

  /** The median time of each of {@code schedules}, in microseconds, in their order. */
  public List<Double> us(List<Schedule> schedules) {
    List<Race.Standing> standings = new Race(timer).runAll(new LinkedHashSet<>(schedules));
    List<Double> us = new ArrayList<>();
    for (Schedule schedule : schedules) {
      us.add(
          standings.stream().filter(standing -> standing.schedule().equals(schedule)).findFirst().orElseThrow().us());
    }
    return us;
  }
}
