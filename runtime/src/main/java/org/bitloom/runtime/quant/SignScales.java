package org.bitloom.runtime.quant;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.numeric.NaturalPlane;

/**
 * The parameters of binary-coded weights.
 *
 * @param scales one plane of scales for each plane of signs
 */
record SignScales(List<NaturalPlane> scales, Optional<NaturalPlane> offset) {
  static SignScales of(QuantizedWeights weights) {
    List<NaturalPlane> scales = new ArrayList<>();
    Optional<NaturalPlane> offset = Optional.empty();
    for (int i = 0; i < weights.planes().size(); i++) {
      ParamPlane plane = weights.format().planes().get(i);
      MemorySegment data = weights.planes().get(i);
      NaturalPlane natural = new NaturalPlane(plane, weights.n(), weights.k(), data);
      switch (plane.role()) {
        case SCALE -> scales.add(natural);
        case OFFSET -> offset = Optional.of(natural);
        case ZERO -> throw new QuantizationException(weights.format().name() + ": signs have no zero point");
      }
    }
    return new SignScales(List.copyOf(scales), offset);
  }

  int count() {
    return scales.size();
  }

  Grouping grouping() {
    return scales.getFirst().plane().grouping();
  }

  /** Whether scales and offset change at the same columns of a row. */
  boolean offsetInStep() {
    return offset.filter(plane -> plane.plane().grouping().equals(grouping())).isPresent();
  }

  /** Columns that share their scales. */
  int groupLength(int k) {
    return FormatPlanes.groupLength(scales.getFirst(), k);
  }

  /** The longest run of columns, counted from column 0, in which no parameter changes. */
  int uniformRun(int k) {
    int length = groupLength(k);
    return offset.map(plane -> FormatPlanes.greatestCommonDivisor(length, FormatPlanes.groupLength(plane, k)))
        .orElse(length);
  }

  /** The levels of the group of a weight, by the first {@code planes} planes. */
  double[] levels(int row, int column, int planes) {
    double[] values = new double[planes];
    for (int i = 0; i < planes; i++) {
      values[i] = FormatPlanes.value(scales.get(i), row, column);
    }
    return levels(values, offset.map(plane -> FormatPlanes.value(plane, row, column)).orElse(0.0));
  }

  /** The weight of each code: {@code offset + sum of scale_i * sign_i}. */
  static double[] levels(double[] scales, double offset) {
    double[] levels = new double[1 << scales.length];
    double lowest = offset;
    for (double scale : scales) {
      lowest -= scale;
    }
    levels[0] = lowest;
    for (int code = 1; code < levels.length; code++) {
      int plane = Integer.numberOfTrailingZeros(code);
      levels[code] = levels[code & code - 1] + 2 * scales[plane];
    }
    return levels;
  }
}
