package org.bitloom.runtime.quant;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.numeric.NaturalPlane;

/**
 * The parameter planes of one matrix by what they do.
 *
 * @param scale the finest scale
 * @param coarse the scale above it
 */
record FormatPlanes(NaturalPlane scale, Optional<NaturalPlane> coarse, Optional<NaturalPlane> zero,
    Optional<NaturalPlane> offset) {

  static FormatPlanes of(QuantizedWeights weights) {
    FormatInfo format = weights.format();
    List<NaturalPlane> scales = new ArrayList<>();
    Optional<NaturalPlane> zero = Optional.empty();
    Optional<NaturalPlane> offset = Optional.empty();
    for (int i = 0; i < format.planes().size(); i++) {
      ParamPlane plane = format.planes().get(i);
      MemorySegment data = weights.planes().get(i);
      NaturalPlane natural = new NaturalPlane(plane, weights.n(), weights.k(), data);
      switch (plane.role()) {
        case SCALE -> scales.add(natural);
        case ZERO -> zero = Optional.of(natural);
        case OFFSET -> offset = Optional.of(natural);
      }
    }
    if (scales.isEmpty() || scales.size() > 2) {
      throw new QuantizationException(
          format.name() + " has " + scales.size() + " scale planes; one or two can be chosen");
    }
    if (!scales.stream().allMatch(plane -> plane.plane().type() instanceof ParamType.Float)) {
      throw new QuantizationException(format.name() + " has integer scales; scales are floats");
    }
    return new FormatPlanes(scales.getFirst(), scales.stream().skip(1).findFirst(), zero, offset);
  }

  /** Refuses groups that overlap without one holding the other. */
  void requireNesting(String format) {
    coarse.ifPresent(plane -> {
      requireNesting(format, scale, plane);
      if (extent(plane) < extent(scale)) {
        throw new QuantizationException(format + ": its second scale is finer than its first");
      }
    });
    shift().ifPresent(shift -> requireNesting(format, scale, shift));
  }

  private static void requireNesting(String format, NaturalPlane a, NaturalPlane b) {
    if (a.plane().grouping() instanceof Grouping.Group(int x) && b.plane().grouping() instanceof Grouping.Group(int y)
        && Math.max(x, y) % Math.min(x, y) != 0) {
      throw new QuantizationException(format + ": groups of " + x + " (" + a.plane().role() + ") and of " + y + " ("
          + b.plane().role() + ") do not nest");
    }
  }

  /** The plane that is fitted together with the scale: the zero points, or without any the offsets. */
  Optional<NaturalPlane> shift() {
    return zero.or(() -> offset);
  }

  /** Offsets that are subtracted before zero points are fitted. */
  Optional<NaturalPlane> middles() {
    return zero.flatMap(_ -> offset);
  }

  /** Whether shifts are settled before scales: each serves more weights than a scale does. */
  boolean shiftBeforeScale() {
    return shift().isPresent() && extent(shift().get()) > extent(scale);
  }

  /** The longest run of columns, counted from column 0, in which no parameter changes. */
  int uniformRun(int k) {
    return Stream.of(Optional.of(scale), coarse, zero, offset).flatMap(Optional::stream)
        .mapToInt(plane -> groupLength(plane, k)).reduce(0, FormatPlanes::greatestCommonDivisor);
  }

  static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  static boolean perTensor(NaturalPlane plane) {
    return plane.plane().grouping() instanceof Grouping.Tensor;
  }

  static int groupLength(NaturalPlane plane, int k) {
    return plane.plane().grouping() instanceof Grouping.Group(int size) ? Math.min(size, k) : k;
  }

  private static long extent(NaturalPlane plane) {
    return switch (plane.plane().grouping()) {
      case Grouping.Tensor _ -> Long.MAX_VALUE;
      case Grouping.Row _ -> Integer.MAX_VALUE;
      case Grouping.Group(int size) -> size;
    };
  }

  /** Numbers from stored parameters: the map of the weight in {@code row} and column {@code k}. */
  Affine affine(int row, int k) {
    double product = value(scale, row, k) * coarse.map(plane -> value(plane, row, k)).orElse(1.0);
    return new Affine(product, zero.map(plane -> value(plane, row, k)).orElse(0.0),
        offset.map(plane -> value(plane, row, k)).orElse(0.0));
  }

  static double value(NaturalPlane plane, int row, int k) {
    return plane.value(row, plane.group(k));
  }
}
