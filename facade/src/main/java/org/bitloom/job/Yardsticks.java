package org.bitloom.job;

import java.util.Optional;
import java.util.OptionalDouble;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Problem;

/** What a kernel's time is compared with on the same device, in the same run. */
interface Yardsticks {
  /** Why there is no time of cuBLAS, if there is none. */
  Optional<String> cublasMissing();

  /** Microseconds to read {@code bytes} once. */
  double floorUs(long bytes);

  /**
   * Microseconds of the dense product of 16-bit numbers, where cuBLAS is installed.
   *
   * @param x device address of x[m][k]
   * @param y device address of y[m][n], which is overwritten
   */
  OptionalDouble cublasUs(ActivationType type, Problem problem, long x, long y);

  /** Microseconds of the dense product of bytes, where cuBLAS is installed and multiplies such a shape. */
  OptionalDouble cublasInt8Us(Problem problem);
}
