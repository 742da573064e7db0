package org.bitloom.runtime.api;

/** Picks the schedule for a product on a device. */
@FunctionalInterface
public interface ScheduleChooser {
  /** What the kernel itself proposes, without measuring. */
  ScheduleChooser FIRST_CHOICE = (kernel, problem, device) -> kernel.space().firstChoice(problem, device.limits());

  /** A legal schedule of {@code kernel} for {@code problem}. */
  Schedule choose(KernelUnit kernel, Problem problem, DeviceInfo device);
}
