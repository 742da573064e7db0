package org.bitloom.runtime.api;

import java.util.Optional;

/**
 * What blocks share on a multiprocessor of compute capability 8.0 and 9.0 (CUDA C++ Programming Guide, Compute Capabilities),
 * and why a schedule asks for more.
 */
final class Multiprocessor {
  /** 32-bit registers. */
  static final int REGISTERS = 65_536;
  /** Threads that reside at once. */
  static final int THREADS = 2048;
  /** Sub-cores; a warp belongs to one. */
  static final int PARTS = 4;
  /** Bytes of shared memory that the driver keeps for itself in each block. */
  static final int RESERVED_SMEM = 1024;

  /** The oldest and the newest GPUs whose Tensor Cores multiply bits fast: compute capabilities. */
  private static final Bounds BIT_GPUS = new Bounds(80, 90);

  private Multiprocessor() {
  }

  /**
   * Why {@code blocks} blocks do not fit; nothing if they do.
   *
   * @param smem shared memory of a block, in bytes, static and dynamic
   */
  static Optional<String> misfit(int blocks, int threads, long smem, DeviceLimits limits) {
    if (smem > limits.smemPerBlock()) {
      return Optional.of(smem + " bytes of shared memory, the device allows " + limits.smemPerBlock());
    }
    if (blocks > 1 && (smem + RESERVED_SMEM) * blocks > limits.smemPerMultiprocessor()) {
      return Optional.of(blocks + " blocks of " + smem + " bytes of shared memory do not fit a multiprocessor");
    }
    return blocks * threads > THREADS
        ? Optional.of(blocks + " blocks of " + threads + " threads do not fit a multiprocessor")
        : Optional.empty();
  }

  /** 32-bit registers that the compiler can give each thread where so many blocks reside at once; it gives eight at a time. */
  static int registersOfThread(int blocks, int threads) {
    int warpsOfPart = Math.ceilDiv(threads / 32 * blocks, PARTS);
    return Math.min(255, REGISTERS / PARTS / (32 * warpsOfPart) / 8 * 8);
  }

  /** Why there are no products of bits; nothing if there are. */
  static Optional<String> withoutBits(DeviceLimits limits) {
    return BIT_GPUS.holds(limits.capability())
        ? Optional.empty()
        : Optional.of("Tensor Cores of compute capability " + limits.capability()
            + " do not multiply bits fast, those of " + BIT_GPUS + " do");
  }
}
