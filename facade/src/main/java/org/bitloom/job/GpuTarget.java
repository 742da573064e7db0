package org.bitloom.job;

import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;

/**
 * A kind of GPU that kernels are compiled for where none may be at hand.
 *
 * @param arch what NVRTC calls it
 */
record GpuTarget(String arch, DeviceLimits limits) {
  private static final int H100 = DeviceLimits.H100.capability();

  /** An A100 and an H100. */
  static final List<GpuTarget> COMMON = List.of(new GpuTarget("sm_80", DeviceLimits.A100),
      new GpuTarget("sm_90a", DeviceLimits.H100));

  /** What NVRTC calls {@code arch}, otherwise like an A100 before sm_90, and like an H100 from there on. */
  static GpuTarget named(String arch) {
    if (!arch.matches("sm_\\d{2,3}[af]?")) {
      throw new BadInput("'" + arch + "' is no target; expected such as sm_80, sm_89 or sm_90a");
    }
    int capability = Integer.parseInt(arch.replaceAll("\\D", ""));
    if (capability < DeviceLimits.A100.capability()) {
      throw new BadInput("kernels need sm_80 or later, not " + arch);
    }
    DeviceLimits like = capability < H100 ? DeviceLimits.A100 : DeviceLimits.H100;
    return new GpuTarget(arch, new DeviceLimits(capability, like.multiprocessors(), like.smemPerBlock(),
        like.smemPerMultiprocessor(), like.l2Bytes()));
  }

  /** The schedule of {@code kernel} where nothing was measured; nothing where none is legal. */
  Optional<Schedule> firstChoice(KernelUnit kernel, Problem problem) {
    return kernel.space().candidates(problem, limits).isEmpty()
        ? Optional.empty()
        : Optional.of(kernel.space().firstChoice(problem, limits));
  }
}
