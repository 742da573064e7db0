package org.bitloom.runtime.api;

/**
 * What one launch needs.
 *
 * @param threads threads of a block
 * @param smemBytes dynamic shared memory of a block, in bytes
 * @param partialBytes workspace for partial sums of split-K, in bytes
 * @param counters 32-bit counters that must be 0 before the launch and are 0 after it
 */
public record LaunchShape(int gridX, int gridY, int gridZ, int threads, int smemBytes, long partialBytes,
    int counters) {
}
