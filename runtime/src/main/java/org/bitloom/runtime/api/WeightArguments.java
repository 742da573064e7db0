package org.bitloom.runtime.api;

/**
 * Device addresses of one loaded weight matrix, as a kernel entry takes them; 0 where the format or the kernel has no such
 * argument. A scale per tensor goes to {@code tensorScale}, every other scale to {@code scale}.
 */
public record WeightArguments(long codes, long scale, long tensorScale, long zero, long offset, long bias, int n,
    int k) {
  /**
   * The arguments of a matrix packed as {@code shape} at device address {@code base}.
   *
   * @param bias device address of the bias, 0 if there is none
   */
  public static WeightArguments of(PackedShape shape, long base, long bias) {
    long scale = 0;
    long tensorScale = 0;
    long zero = 0;
    long offset = 0;
    for (int i = 0; i < shape.format().planes().size(); i++) {
      ParamPlane plane = shape.format().planes().get(i);
      long address = base + shape.planes().get(i).offset();
      switch (plane.role()) {
        case SCALE -> {
          if (plane.grouping() instanceof Grouping.Tensor) {
            tensorScale = once(shape, plane, tensorScale, address);
          } else {
            scale = once(shape, plane, scale, address);
          }
        }
        case ZERO -> zero = once(shape, plane, zero, address);
        case OFFSET -> offset = once(shape, plane, offset, address);
      }
    }
    return new WeightArguments(base + shape.codes().offset(), scale, tensorScale, zero, offset, bias, shape.n(),
        shape.k());
  }

  private static long once(PackedShape shape, ParamPlane plane, long before, long address) {
    if (before != 0) {
      throw new IllegalArgumentException(
          shape.format().name() + ": a kernel takes one plane of " + plane.role() + " per grouping, not two");
    }
    return address;
  }
}
