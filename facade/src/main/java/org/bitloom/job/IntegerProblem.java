package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.numeric.ParamRounding;

/**
 * Problems whose every partial sum is an integer below 2^24, exact in f32 in whatever order it is taken: weights of up to
 * 4 * 256 + 1, activations of up to 3, at most 4096 features. Only the last rounding, of the sum to the result's type, is
 * left, and that is the same everywhere.
 */
final class IntegerProblem {
  private static final int LARGEST_CODE = 128;
  private static final int LARGEST_ACTIVATION = 3;

  private IntegerProblem() {
  }

  /** Random weights, of codes that stand for integers; nothing where the format has fewer than two of those. */
  static Optional<QuantizedWeights> weights(FormatInfo format, Shape shape, long seed, Arena arena) {
    int[] codes = IntStream.range(0, 1 << format.codeBits()).filter(code -> standsForInteger(format, code)).toArray();
    if (codes.length < 2) {
      return Optional.empty();
    }
    RandomGenerator random = new SplittableRandom(seed);
    MemorySegment drawn = arena.allocate(shape.weights(), 256);
    for (long i = 0; i < shape.weights(); i++) {
      drawn.set(ValueLayout.JAVA_BYTE, i, (byte) codes[random.nextInt(codes.length)]);
    }
    List<MemorySegment> planes = new ArrayList<>();
    for (ParamPlane plane : format.planes()) {
      planes.add(plane(format, plane, codes, shape, random, arena));
    }
    return Optional.of(new QuantizedWeights(format, shape.n(), shape.k(), drawn, planes));
  }

  private static boolean standsForInteger(FormatInfo format, int code) {
    return switch (format.element()) {
      case SignPlanes _ -> true;
      case DecodeTable table ->
        Math.abs(table.value(code)) <= LARGEST_CODE && table.value(code) == Math.rint(table.value(code));
    };
  }

  /** Scales are 1 or 2, zero points values of codes, offsets -1, 0 or 1. */
  private static MemorySegment plane(FormatInfo format, ParamPlane plane, int[] codes, Shape shape,
      RandomGenerator random, Arena arena) {
    MemorySegment data = arena.allocate(NaturalPlane.bytes(plane, shape.n(), shape.k()), 256);
    NaturalPlane numbers = new NaturalPlane(plane, shape.n(), shape.k(), data);
    int rows = plane.grouping() instanceof Grouping.Tensor ? 1 : shape.n();
    for (int row = 0; row < rows; row++) {
      for (int group = 0; group < numbers.groups(); group++) {
        numbers.setRaw(row, group, ParamRounding.nearest(plane.type(), switch (plane.role()) {
          case SCALE -> 1 + random.nextInt(2);
          case ZERO -> format.table().value(codes[random.nextInt(codes.length)]);
          case OFFSET -> random.nextInt(3) - 1;
        }));
      }
    }
    return data;
  }

  /** Integers of small size. */
  static Activations activations(ActivationType type, int m, int k, long seed, Arena arena) {
    return new Activations(type, m, k, integers(type, (long) m * k, seed, arena));
  }

  /** Integers of {@code type}, two bytes each. */
  static MemorySegment integers(ActivationType type, long count, long seed, Arena arena) {
    MemorySegment bits = arena.allocate(count * Short.BYTES, 256);
    RandomGenerator random = new SplittableRandom(seed);
    for (long i = 0; i < count; i++) {
      bits.setAtIndex(ValueLayout.JAVA_SHORT, i,
          SixteenBit.round(type, random.nextInt(2 * LARGEST_ACTIVATION + 1) - LARGEST_ACTIVATION));
    }
    return bits;
  }
}
