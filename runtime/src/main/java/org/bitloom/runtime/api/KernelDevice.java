package org.bitloom.runtime.api;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A device that runs generated kernels. */
public interface KernelDevice extends Device {
  /** Compiles {@code kernel} for {@code schedule}, or fetches it compiled, and loads it; loads the same pair once. */
  LoadedKernel load(KernelUnit kernel, Schedule schedule);

  /** Compiles {@code quantizer}, or fetches it compiled, and loads it; loads the same one once. */
  LoadedQuantizer load(ActivationQuantizer quantizer);

  /** How many kernels were compiled since this device was opened; fetched ones do not count. */
  long compilations();

  /** As {@link #linear(WeightFormat, KernelUnit, PackedWeights, Optional)}, with schedules that {@code chooser} picks. */
  Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias,
      ScheduleChooser chooser);

  @Override
  default Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias) {
    return linear(format, kernel, weights, bias, ScheduleChooser.FIRST_CHOICE);
  }
}
