package org.bitloom.job;

import java.util.List;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.measure.LaunchTimer;
import org.bitloom.runtime.tune.TunedChooser.Choice;

/** Where kernels are measured: a device, a stopwatch for launches on one of its streams, and what to compare with. */
interface BenchSite {
  Device device();

  /** The stream that the timer times. */
  Stream stream();

  LaunchTimer timer();

  Yardsticks yardsticks();

  /** Bytes that copies take in all, so that none of them is found in a cache. */
  long rotationBytes();

  /** What a product of this kernel and batch runs with. */
  Choice choice(KernelUnit kernel, Problem problem);

  /** Compiles ahead. */
  void compile(KernelUnit kernel, List<Schedule> schedules);
}
