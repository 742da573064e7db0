package org.bitloom.job;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

import org.bitloom.runtime.api.SignPlanes;

/**
 * One measured kernel of activations as they are.
 *
 * @param planes how many sign planes were used, where only some were
 * @param without parts of the work that were left out
 * @param us median time of one launch, in microseconds
 * @param floorUs median time to read {@code bytes}
 * @param cublasUs median time of the dense 16-bit product, where cuBLAS is installed
 * @param bytes packed bytes that the kernel reads
 * @param origin where the schedule comes from, in a few words; empty where it was asked for
 */
public record BenchRow(String format, OptionalInt planes, Set<KernelPart> without, String family, int n, int k, int m,
    double us, double floorUs,
    OptionalDouble cublasUs, long bytes, String schedule, String origin) {
  /** The format, how many of its sign planes were used if only some were, and what was left out. */
  public String label() {
    return (planes.isPresent() ? new SignPlanes(planes.getAsInt()).label(format) : format)
        + (without.isEmpty() ? "" : " without " + KernelPart.names(without));
  }
}
