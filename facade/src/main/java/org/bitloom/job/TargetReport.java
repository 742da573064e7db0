package org.bitloom.job;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.compile.KernelCompiler;

/** Compiles a kernel for an architecture that may not be at hand, and says what it takes. */
public final class TargetReport {
  private static final Problem TYPICAL = new Problem(4096, 4096, 16);

  private TargetReport() {
  }

  /** One line: target, schedule, registers, spills, for a layer of 4096 x 4096 at batch 16. */
  public static String of(KernelUnit kernel, String arch) {
    Schedule schedule = GpuTarget.named(arch).firstChoice(kernel, TYPICAL)
        .orElseThrow(() -> new BadInput("no schedule of " + kernel.entry() + " fits " + arch));
    return KernelCompiler.standard().compile(kernel, schedule, arch).entry(kernel.entry())
        .map(
            taken -> "%s, schedule %s: %d registers, %d bytes spilled, %d bytes of static shared memory".formatted(arch,
                schedule, taken.registers(), taken.spillBytes(), taken.smemBytes()))
        .orElseThrow(() -> new BadInput("the compiler reported nothing for " + arch));
  }
}
