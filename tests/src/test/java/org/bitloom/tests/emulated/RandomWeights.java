package org.bitloom.tests.emulated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.numeric.ParamRounding;

/**
 * Codes and parameters drawn at random, any code that stands for a weight and any zero point between the values, rather
 * than what a quantizer would choose; groups of planes need not nest.
 */
final class RandomWeights {
  /** Weights have about this size, unless the scale's type reaches no so small scale. */
  private static final double WEIGHT = 0.04;

  private final FormatInfo format;
  private final int[] codes;
  private final RandomGenerator random;

  RandomWeights(FormatInfo format, RandomGenerator random) {
    this.format = format;
    this.codes = IntStream.range(0, 1 << format.codeBits()).filter(code -> switch (format.element()) {
      case DecodeTable table -> Float.isFinite(table.value(code));
      case SignPlanes _ -> true;
    }).toArray();
    this.random = random;
  }

  QuantizedWeights draw(int n, int k, Arena arena) {
    MemorySegment drawn = arena.allocate((long) n * k, 256);
    for (long i = 0; i < drawn.byteSize(); i++) {
      drawn.set(ValueLayout.JAVA_BYTE, i, (byte) codes[random.nextInt(codes.length)]);
    }
    List<MemorySegment> planes = new ArrayList<>();
    long scales = format.planes().stream().filter(plane -> plane.role() == ParamPlane.Role.SCALE).count();
    double scale = WEIGHT / size();
    for (ParamPlane plane : format.planes()) {
      // Of two scales the finest is about 4 and the other one makes up for it.
      double centre = plane.role() == ParamPlane.Role.SCALE && scales == 2 ? planes.isEmpty() ? 4 : scale / 4 : scale;
      if (format.element() instanceof SignPlanes) {
        centre = Math.scalb(WEIGHT, -1 - planes.size());
      }
      planes.add(plane(plane, centre, n, k, arena));
    }
    return new QuantizedWeights(format, n, k, drawn, planes);
  }

  private MemorySegment plane(ParamPlane plane, double scale, int n, int k, Arena arena) {
    MemorySegment data = arena.allocate(NaturalPlane.bytes(plane, n, k), 256);
    NaturalPlane numbers = new NaturalPlane(plane, n, k, data);
    int rows = plane.grouping() instanceof Grouping.Tensor ? 1 : n;
    for (int row = 0; row < rows; row++) {
      for (int group = 0; group < numbers.groups(); group++) {
        numbers.setRaw(row, group, ParamRounding.nearest(plane.type(), switch (plane.role()) {
          case SCALE -> Math.max(scale, smallestNormal(plane.type())) * Math.exp(random.nextDouble(-1, 1));
          case ZERO -> format.table().value(codes[random.nextInt(codes.length)]);
          case OFFSET -> 0.5 * WEIGHT * random.nextGaussian();
        }));
      }
    }
    return data;
  }

  /** Root of the mean square of the codes' values. */
  private double size() {
    if (format.element() instanceof SignPlanes) {
      return 1;
    }
    double squares = 0;
    for (int code : codes) {
      squares += (double) format.table().value(code) * format.table().value(code);
    }
    return Math.sqrt(squares / codes.length);
  }

  private static double smallestNormal(ParamType type) {
    return switch (type) {
      case ParamType.Float.F16 -> 0x1p-14;
      case ParamType.Float.E4M3 -> 0x1p-6;
      case ParamType.Float.BF16, ParamType.Float.F32, ParamType.Float.E8M0 -> 0x1p-126;
      case ParamType.Int _ -> 1;
    };
  }
}
