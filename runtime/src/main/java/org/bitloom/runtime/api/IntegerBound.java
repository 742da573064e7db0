package org.bitloom.runtime.api;

/**
 * How long exact integer sums may get: results fit s32 while {@code k * max|weight| * max|activation| < 2^31}. What kernels
 * add on the way wraps, so only the result counts.
 */
public final class IntegerBound {
  private static final long LIMIT = 1L << 31;

  private IntegerBound() {
  }

  /** The most input features of such a product. */
  public static long features(FormatInfo format, ActivationCode code) {
    return (LIMIT - 1) / Math.max(1, (long) largest(format) * code.largest());
  }

  /**
   * Refuses products whose sums could overflow.
   *
   * @throws IllegalArgumentException if they could; the message names the largest k
   */
  public static void require(FormatInfo format, ActivationCode code, int k) {
    long most = features(format, code);
    if (k > most) {
      throw new IllegalArgumentException(
          format.name() + " times " + code.spelling() + " activations could overflow 32-bit sums: k is "
              + k + ", at most " + most);
    }
  }

  /** The largest magnitude of a weight before its scale; zero points may double it. */
  private static int largest(FormatInfo format) {
    float most = 0;
    for (float value : format.table().toArray()) {
      most = Float.isNaN(value) ? most : Math.max(most, Math.abs(value));
    }
    boolean zeros = format.planes().stream().anyMatch(
        plane -> plane.role() == ParamPlane.Role.ZERO && plane.type() instanceof ParamType.Int);
    return (int) (zeros ? 2 * most : most);
  }
}
