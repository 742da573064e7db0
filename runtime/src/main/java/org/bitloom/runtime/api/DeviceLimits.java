package org.bitloom.runtime.api;

/**
 * What schedules must fit.
 *
 * @param capability compute capability: 10 times the major number and the minor one, such as 90
 * @param multiprocessors number of SMs
 * @param smemPerBlock opt-in dynamic shared memory of one block, in bytes
 * @param smemPerMultiprocessor shared memory of one SM, in bytes
 * @param l2Bytes size of the L2 cache, in bytes
 */
public record DeviceLimits(int capability, int multiprocessors, int smemPerBlock, int smemPerMultiprocessor,
    long l2Bytes) {
  /** An A100 SXM's with 40 GB (CUDA C++ Programming Guide, Compute Capabilities; 108 SMs). */
  public static final DeviceLimits A100 = new DeviceLimits(80, 108, 163 << 10, 164 << 10, 40L << 20);
  /** An H100 SXM's (CUDA C++ Programming Guide, Compute Capabilities; 132 SMs). */
  public static final DeviceLimits H100 = new DeviceLimits(90, 132, 232_448, 233_472, 50L << 20);
}
