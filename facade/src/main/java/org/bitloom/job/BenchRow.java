package org.bitloom.job;

import java.util.OptionalDouble;

/**
 * One measured kernel.
 *
 * @param us median time of one launch, in microseconds
 * @param floorUs median time to read {@code bytes}
 * @param cublasUs median time of the dense 16-bit product, where cuBLAS is installed
 * @param bytes packed bytes that the kernel reads
 * @param origin where the schedule comes from, in a few words; empty where it was asked for
 */
public record BenchRow(String format, String family, int n, int k, int m, double us, double floorUs,
    OptionalDouble cublasUs, long bytes, String schedule, String origin) {
}
