package org.bitloom.runtime.tune;

/**
 * What a measured time depends on besides the kernel.
 *
 * @param device such as {@code NVIDIA H100 80GB HBM3}
 * @param driver the newest CUDA that the driver supports, such as {@code 13.0}
 * @param nvrtc the compiler's release, such as {@code 12.9}
 */
public record TuningPlatform(String device, String driver, String nvrtc) {
}
