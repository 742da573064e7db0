package org.bitloom.job;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one product showed.
 *
 * @param kernel name of the kernel, empty where the format has none
 * @param weights what the weights are called
 * @param bitsPerWeight with parameters, without padding
 * @param quantError {@code ||dequantized - original|| / ||original||}
 * @param outputError {@code ||y - reference|| / ||reference||} against float64 on the dequantized weights
 * @param tolerance what {@code outputError} may be at most
 * @param compiled the kernel, as compiled for each target; the one that {@code --json} shows comes last
 * @param scheduleOrigin where the schedule comes from, in a few words; empty where there was nothing to choose from
 * @param speed times, where they could be measured
 * @param compilations NVRTC calls that were needed
 */
public record RunReport(String format, String kernel, String declaration, String device, String deviceName,
    String weights, int n, int k, int m, double bitsPerWeight, double quantError, double outputError, double tolerance,
    List<CompiledTarget> compiled, String schedule, String scheduleOrigin,
    Speed speed, long compilations) {
  public RunReport {
    compiled = List.copyOf(compiled);
  }

  /** Registers and spills of the kernel on one target. */
  public record CompiledTarget(String arch, int registers, int spillBytes) {
  }

  /**
   * Microseconds; empty where not measured.
   *
   * @param bytes packed bytes that the kernel reads
   * @param cublasMissing why there is no time of cuBLAS, if there is none but could be
   */
  public record Speed(OptionalDouble us, OptionalDouble floorUs, OptionalDouble cublasUs, long bytes,
      Optional<String> cublasMissing) {
  }

  /** Whether the output is as exact as it must be. */
  public boolean passed() {
    return outputError <= tolerance;
  }

  /** The kernel on the target that counts. */
  public Optional<CompiledTarget> shown() {
    return compiled.isEmpty() ? Optional.empty() : Optional.of(compiled.getLast());
  }
}
