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
  /**
   * Blocks of {@code rows} x {@code columns} results of {@code problem}; those that share results leave f32 partial sums and count
   * themselves.
   */
  static LaunchShape tiles(Problem problem, int rows, int columns, int splitK, int threads, int smemBytes) {
    int gridX = Math.ceilDiv(problem.n(), rows);
    int gridZ = Math.ceilDiv(problem.m(), columns);
    long tiles = (long) gridX * gridZ;
    long partialBytes = splitK == 1 ? 0 : tiles * splitK * columns * rows * Float.BYTES;
    return new LaunchShape(gridX, splitK, gridZ, threads, smemBytes, partialBytes,
        splitK == 1 ? 0 : Math.toIntExact(tiles));
  }
}
