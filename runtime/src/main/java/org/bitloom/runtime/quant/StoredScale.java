package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.numeric.ParamRounding;

/**
 * The scales that one number of a scale plane can express: stored values of a type times the scale above it. Never zero,
 * negative, infinite or NaN.
 *
 * @param coarse the product of the scales above, 1 where there are none
 */
record StoredScale(ParamType.Float type, double coarse) {
  /** What {@code raw} stands for. */
  double value(int raw) {
    return type.value(raw) * coarse;
  }

  /** The stored bits nearest to {@code scale}: at least the smallest positive number, at most the largest. */
  int nearest(double scale) {
    int raw = ParamRounding.nearest(type, scale / coarse);
    return type.value(raw) > 0 ? raw : ParamRounding.smallest(type);
  }

  /** The stored bits nearest to {@code scale}, or for powers of two the next that is not below it. */
  int covering(double scale) {
    int raw = nearest(scale);
    return type == ParamType.Float.E8M0 && value(raw) < scale ? ParamRounding.powerOfTwo(raw - 127 + 1) : raw;
  }

  /** The stored bits for a need above zero, before any search. */
  int unclipped(Need need) {
    return type == ParamType.Float.E8M0
        ? ParamRounding.powerOfTwo(need.exponent(coarse))
        : nearest(need.scale());
  }

  /** The stored bits for a group of zeros alone: 1 where zero is among its weights, else as little as possible. */
  int forZeros(ZeroWeight zero) {
    return switch (zero) {
      case EXACT -> ParamRounding.nearest(type, 1);
      case NONE -> ParamRounding.smallest(type);
    };
  }

  /** Whether a group can hold the weight 0 exactly under any scale. */
  enum ZeroWeight {
    EXACT, NONE
  }

  /**
   * What the largest number of a scale plane becomes where a coarser scale stands above it: all of e4m3's range, as the
   * scales of NVFP4 (448), and 1 for types of a wide range, so that products of scale and value stay small.
   */
  static double reach(ParamType.Float type) {
    return type == ParamType.Float.E4M3 ? ParamRounding.largest(type) : 1;
  }
}
