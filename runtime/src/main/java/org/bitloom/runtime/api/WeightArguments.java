package org.bitloom.runtime.api;

/**
 * Device addresses of one loaded weight matrix, as a kernel entry takes them; 0 where the format or the kernel has no such
 * argument. The first scale of the format goes to {@code scale}, the second to {@code outerScale}; of binary-coded weights
 * {@code scale} is the scale plane of plane 0, and the others follow at the stride that {@link PackedShape} gives.
 * Of weights whose rows' sums are stored, which have no zero points, {@code zero} is those sums.
 */
public record WeightArguments(long codes, long scale, long outerScale, long zero, long offset, long bias, int n,
    int k) {
  /**
   * The arguments of a matrix packed as {@code shape} at device address {@code base}.
   *
   * @param bias device address of the bias, 0 if there is none
   */
  public static WeightArguments of(PackedShape shape, long base, long bias) {
    long scale = 0;
    long outerScale = 0;
    long zero = 0;
    long offset = 0;
    for (int i = 0; i < shape.format().planes().size(); i++) {
      ParamPlane plane = shape.format().planes().get(i);
      long address = base + shape.planes().get(i).offset();
      switch (plane.role()) {
        case SCALE -> {
          if (scale == 0) {
            scale = address;
          } else if (!(shape.format().element() instanceof SignPlanes)) {
            outerScale = once(shape, plane, outerScale, address);
          }
        }
        case ZERO -> zero = once(shape, plane, zero, address);
        case OFFSET -> offset = once(shape, plane, offset, address);
      }
    }
    if (shape.rowSums().isPresent()) {
      zero = base + shape.rowSums().get().offset();
    }
    return new WeightArguments(base + shape.codes().offset(), scale, outerScale, zero, offset, bias, shape.n(),
        shape.k());
  }

  private static long once(PackedShape shape, ParamPlane plane, long before, long address) {
    if (before != 0) {
      throw new IllegalArgumentException(
          shape.format().name() + ": a kernel takes no further plane of " + plane.role());
    }
    return address;
  }
}
