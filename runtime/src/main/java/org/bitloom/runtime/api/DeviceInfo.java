package org.bitloom.runtime.api;

/**
 * A device, as a person and the compiler want to know it.
 *
 * @param kind {@code cuda}, {@code emulated} or {@code cpu}
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param arch the NVRTC target, such as {@code sm_90a} (a cubin) or {@code compute_90a} (PTX); empty for cpu
 */
public record DeviceInfo(String kind, String name, String arch, DeviceLimits limits, long memoryBytes) {
}
