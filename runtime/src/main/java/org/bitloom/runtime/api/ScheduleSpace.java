package org.bitloom.runtime.api;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The schedules a kernel may run with, and what each of them launches. */
public interface ScheduleSpace {
  /** All schedules that are legal for the problem on such a device. */
  List<Schedule> candidates(Problem problem, DeviceLimits limits);

  /** The same schedules, the one that the kernel's model takes for the fastest first. */
  default List<Schedule> ranked(Problem problem, DeviceLimits limits) {
    return candidates(problem, limits).stream()
        .map(schedule -> Map.entry(schedule, estimateUs(schedule, problem, limits)))
        .sorted(Map.Entry.<Schedule, Double>comparingByValue().thenComparing(e -> e.getKey().toString()))
        .map(Map.Entry::getKey).toList();
  }

  /** What was considered for the problem but cannot run on such a device, each with its reason. */
  default List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return List.of();
  }

  /** Why {@code schedule} cannot run {@code problem}, or nothing if it can. */
  Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits);

  /** What the kernel's model takes for the time of a legal schedule, in microseconds: it orders, it does not promise. */
  double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits);

  /**
   * The schedule to use where nothing was measured.
   *
   * @throws IllegalStateException if none is legal on such a device
   */
  default Schedule firstChoice(Problem problem, DeviceLimits limits) {
    return candidates(problem, limits).stream()
        .min(Comparator.<Schedule>comparingDouble(schedule -> estimateUs(schedule, problem, limits))
            .thenComparing(Schedule::toString))
        .orElseThrow(() -> new IllegalStateException("no schedule fits this kernel's tile ranges on this device"));
  }

  /** The sign planes that the kernel reads; nothing where codes are no signs. */
  default Optional<SignPlanes> signPlanes() {
    return Optional.empty();
  }

  /**
   * The schedules of the same kernel where it reads the first {@code used} of its sign planes only.
   *
   * @throws IllegalArgumentException if it reads fewer, or none
   */
  default ScheduleSpace withPlanes(SignPlanes used) {
    throw new IllegalArgumentException("no sign planes are read");
  }

  /** The launch of {@code problem} under {@code schedule}. */
  LaunchShape launch(Schedule schedule, Problem problem);
}
