package org.bitloom.runtime.api;

import java.util.List;
import java.util.Optional;

/** The schedules a kernel may run with, and what each of them launches. */
public interface ScheduleSpace {
  /** All schedules that are legal for the problem on such a device. */
  List<Schedule> candidates(Problem problem, DeviceLimits limits);

  /** The same schedules, the one that the kernel's model takes for the fastest first; as they come where it has no model. */
  default List<Schedule> ranked(Problem problem, DeviceLimits limits) {
    return candidates(problem, limits);
  }

  /** What was considered for the problem but cannot run on such a device, each with its reason. */
  default List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return List.of();
  }

  /** Why {@code schedule} cannot run, or nothing if it can. */
  Optional<String> rejection(Schedule schedule, DeviceLimits limits);

  /** The schedule to use where nothing was measured. */
  Schedule firstChoice(Problem problem, DeviceLimits limits);

  /** The launch of {@code problem} under {@code schedule}. */
  LaunchShape launch(Schedule schedule, Problem problem);
}
