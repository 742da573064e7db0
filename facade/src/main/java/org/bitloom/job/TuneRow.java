package org.bitloom.job;

import java.util.OptionalDouble;

/**
 * One tuned product, measured beside what it is compared with.
 *
 * @param format of a kernel that quantizes activations with their code
 * @param us median time with the winner, in microseconds
 * @param floorUs median time to read {@code bytes}
 * @param cublasUs median time of the dense 16-bit product, where cuBLAS is installed
 * @param denseFloorUs median time to read the dense weights
 * @param gain how much slower the kernel's first choice was, as a factor; empty where the winner was stored already
 */
public record TuneRow(String format, int n, int k, int m, double us, double floorUs, OptionalDouble cublasUs,
    double denseFloorUs, long bytes, String schedule, OptionalDouble gain) {
}
