package org.bitloom.runtime.tune;

import java.util.List;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;

/**
 * One product to find a schedule for.
 *
 * @param seeds schedules to start from, such as winners of neighbouring batches; they need not be candidates of this problem
 */
public record TuningTask(ScheduleSpace space, Problem problem, DeviceLimits limits, List<Schedule> seeds,
    ScheduleTimer timer) {
  public TuningTask {
    seeds = List.copyOf(seeds);
  }
}
