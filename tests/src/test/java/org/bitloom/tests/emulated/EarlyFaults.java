package org.bitloom.tests.emulated;

import java.util.List;

import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.DequantWgmmaSchedule;
import org.bitloom.runtime.api.IntegerMmaSchedule;
import org.bitloom.runtime.api.IntegerWgmmaSchedule;
import org.bitloom.runtime.api.SignFamily;

/** Kernels that start before earlier ones have ended, and do not wait for them. */
final class EarlyFaults {
  private static final String WAIT = "  wait_for_kernel_before();\n";

  private static final String FIRST_ACTIVATIONS = """
      #pragma unroll
        for (int i = 0; i < kStages - 1; ++i) {
          ring.fetch<false, true>(at, i);
        }
      """;

  /** One for each kernel that waits in a place of its own. */
  static final List<Fault> ALL = List.of(
      new Fault("no wait for earlier kernels", KernelText.of("fp6_plain", DequantMmaSchedule.FAMILY), WAIT, ""),
      new Fault("no wait for earlier kernels", KernelText.of("fp6_plain", DequantWgmmaSchedule.FAMILY), WAIT, ""),
      new Fault("no wait for earlier kernels", KernelText.of("signs_plain", SignFamily.DIGIT_MMA.title()), WAIT, ""),
      new Fault("activations fetched before the wait for earlier kernels",
          KernelText.of("signs_plain", SignFamily.SIGN_MMA.title()),
          WAIT + FIRST_ACTIVATIONS, FIRST_ACTIVATIONS + WAIT),
      new Fault("no wait for earlier kernels", KernelText.of("bipolar_2", IntegerMmaSchedule.PLANES), WAIT, ""),
      new Fault("warpgroups that multiply do not wait for earlier kernels",
          KernelText.of("bipolar_2", IntegerWgmmaSchedule.PLANES), WAIT,
          "  if (warp >= 4 * kWarpgroups) {\n    wait_for_kernel_before();\n  }\n"),
      new Fault("no wait for earlier kernels", KernelText.quantizer("bipolar_2", IntegerMmaSchedule.PLANES),
          "  asm volatile(\"griddepcontrol.wait;\" ::: \"memory\");\n", ""));

  private EarlyFaults() {
  }
}
