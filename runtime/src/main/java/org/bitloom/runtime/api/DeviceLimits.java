package org.bitloom.runtime.api;

/**
 * What schedules must fit.
 *
 * @param multiprocessors number of SMs
 * @param smemPerBlock opt-in dynamic shared memory of one block, in bytes
 * @param smemPerMultiprocessor shared memory of one SM, in bytes
 */
public record DeviceLimits(int multiprocessors, int smemPerBlock, int smemPerMultiprocessor, long l2Bytes) {
}
