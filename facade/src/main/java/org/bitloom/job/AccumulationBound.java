package org.bitloom.job;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.ElementInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.numeric.NaturalPlane;

/**
 * How far two f32 accumulations of the same products may be apart. Any order of k additions is off by at most
 * k * u * sum |x * w| (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2); u is 2^-23, because Tensor
 * Cores truncate where IEEE 754 rounds (Fasi, Higham, Mikaitis, Pranesh, Numerical behavior of NVIDIA tensor cores, 2021).
 * Kernels add up codes and zero points apart, so that w counts with all of its terms. Both sides may be off, hence twice that.
 */
final class AccumulationBound {
  private static final double UNIT = 0x1p-23;
  /** Additions beside those over k: of groups, warps and splits of k, scaling and epilogue. */
  private static final int OTHER_ADDITIONS = 64;
  /** The steepest epilogue is GELU. */
  private static final double STEEPEST = 1.13;

  private final QuantizedWeights weights;
  private final Activations x;
  private final double reach;

  AccumulationBound(QuantizedWeights weights, Activations x) {
    this.weights = weights;
    this.x = x;
    // Integers are added up as unsigned fields and their offset taken back.
    this.reach = 3 * largest(weights.format().element());
  }

  private static double largest(ElementInfo element) {
    return switch (element) {
      case SignPlanes _ -> 1;
      case DecodeTable table -> {
        double largest = 0;
        for (float value : table.toArray()) {
          largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        yield largest;
      }
    };
  }

  /** Bounds [m][n] of the difference of two results before they are rounded. */
  double[] differences() {
    double[] bounds = new double[x.m() * weights.n()];
    List<NaturalPlane> planes = new ArrayList<>();
    for (int i = 0; i < weights.planes().size(); i++) {
      planes.add(new NaturalPlane(weights.format().planes().get(i), weights.n(), weights.k(), weights.planes().get(i)));
    }
    double factor = STEEPEST * 2 * UNIT * (weights.k() + OTHER_ADDITIONS);
    for (int row = 0; row < weights.n(); row++) {
      for (int k = 0; k < weights.k(); k++) {
        double size = factor * size(planes, row, k);
        for (int m = 0; m < x.m(); m++) {
          short bits = x.bits().getAtIndex(ValueLayout.JAVA_SHORT, (long) m * weights.k() + k);
          bounds[m * weights.n() + row] += size * Math.abs(SixteenBit.value(x.type(), bits));
        }
      }
    }
    return bounds;
  }

  /** No term of the weight's own sum is larger. */
  private double size(List<NaturalPlane> planes, int row, int k) {
    boolean signs = weights.format().element() instanceof SignPlanes;
    double scale = signs ? 0 : 1;
    double zero = 0;
    double offset = 0;
    for (NaturalPlane plane : planes) {
      double value = Math.abs(plane.value(row, plane.group(k)));
      ParamPlane.Role role = plane.plane().role();
      switch (role) {
        case SCALE -> scale = signs ? scale + value : scale * value;
        case ZERO -> zero = value;
        case OFFSET -> offset = value;
      }
    }
    return scale * (reach + zero) + offset;
  }
}
