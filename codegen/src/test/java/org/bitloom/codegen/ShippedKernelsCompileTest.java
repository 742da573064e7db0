package org.bitloom.codegen;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.compile.Nvrtc;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Every shipped kernel compiles for Ampere and Hopper with the schedules that are used untuned, each
 * of its families with at least one, and spills no register.
 */
class ShippedKernelsCompileTest {
  /**
   * A target, the limits of its largest GPU (CUDA C++ Programming Guide, compute capabilities) and the problems whose
   * schedules are compiled: of the largest tiles and, for Hopper, of batch 1.
   */
  private record Target(String arch, DeviceLimits limits, List<Problem> problems) {
  }

  private record Compilation(KernelUnit kernel, Target target, Schedule schedule) {
    boolean sameFamily(Compilation other) {
      return kernel.equals(other.kernel) && target.equals(other.target)
          && schedule.family().equals(other.schedule.family());
    }
  }

  private static final List<Target> TARGETS = List.of(
      new Target("sm_80", DeviceLimits.A100,
          List.of(new Problem(57344, 8192, 64))),
      new Target("sm_90a", DeviceLimits.H100, List.of(new Problem(57344, 8192, 64), new Problem(8192, 8192, 1))));

  @Test
  void noKernelSpills() {
    Set<Compilation> all = new LinkedHashSet<>();
    for (KernelUnit kernel : kernels()) {
      for (Target target : TARGETS) {
        for (Problem problem : target.problems()) {
          firstChoice(kernel.space(), problem, target).ifPresent(s -> all.add(new Compilation(kernel, target, s)));
        }
        for (KernelVariant variant : kernel.variants()) {
          target.problems().stream().flatMap(problem -> firstChoice(variant.space(), problem, target).stream())
              .findFirst()
              .map(s -> new Compilation(kernel, target, s))
              .filter(one -> all.stream().noneMatch(other -> other.sameFamily(one))).ifPresent(all::add);
        }
      }
    }
    assertTrue(all.size() > 200, "only " + all.size() + " compilations");
    Nvrtc nvrtc = Nvrtc.standard();
    List<String> spilling = all.parallelStream().map(one -> spill(nvrtc, one)).filter(text -> !text.isEmpty()).sorted()
        .toList();
    assertEquals(List.of(), spilling);
  }

  private static Optional<Schedule> firstChoice(ScheduleSpace space, Problem problem, Target target) {
    return space.candidates(problem, target.limits()).isEmpty()
        ? Optional.empty()
        : Optional.of(space.firstChoice(problem, target.limits()));
  }

  private static List<KernelUnit> kernels() {
    return ShippedSources.all().stream().flatMap(shipped -> shipped.kernels().stream()).toList();
  }

  private static String spill(Nvrtc nvrtc, Compilation one) {
    KernelResources used = nvrtc.compile(KernelCompiler.request(one.kernel(), one.schedule(), one.target().arch()))
        .entry(one.kernel().entry()).orElseThrow();
    return used.spillBytes() == 0
        ? ""
        : "%s for %s, %s: %d registers, %d bytes spilled".formatted(one.kernel().entry(), one.target().arch(),
            one.schedule(), used.registers(), used.spillBytes());
  }
}
