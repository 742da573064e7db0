package org.bitloom.runtime.api;

import java.util.List;
import java.util.Optional;

/** The schedules a kernel may run with, and what each of them launches. */
public interface ScheduleSpace {
  /** All schedules that are legal for the problem on such a device. */
  List<Schedule> candidates(Problem problem, DeviceLimits limits);

  /** Why {@code schedule} cannot run, or nothing if it can. */
  Optional<String> rejection(Schedule schedule, DeviceLimits limits);

  /** The schedule to use where nothing was measured. */
  Schedule firstChoice(Problem problem, DeviceLimits limits);

  /** The launch of {@code problem} under {@code schedule}. */
  LaunchShape launch(Schedule schedule, Problem problem);
}
