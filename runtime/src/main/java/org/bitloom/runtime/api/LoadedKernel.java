package org.bitloom.runtime.api;

import java.util.Optional;

/** A kernel that a device has compiled and loaded. It lives as long as its device. */
public interface LoadedKernel {
  /** What the entry takes of a multiprocessor, where a compiler assigned registers. */
  Optional<KernelResources> report();

  /**
   * Makes launches of {@code shape} legal: allows its shared memory, and gives every stream of the device, open now or
   * later, the workspace it needs.
   */
  void prepare(LaunchShape shape);

  /**
   * Queues one launch; {@code shape} must have been prepared. Allocates nothing and waits for nothing.
   *
   * @param x device address of x[m][k]
   * @param y device address of y[m][n]
   */
  void launch(LaunchShape shape, WeightArguments weights, long x, long y, int m, Stream stream);
}
