package org.bitloom.runtime.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.numeric.ParamRounding;

/** Turns codes of neighbouring weights that share all their parameters into numbers. */
sealed interface RunDecoder {
  /** The longest run of columns, counted from column 0, in which no parameter changes. */
  int run(int k);

  /**
   * The weights {@code [from, to)} of a row, which lie in one run.
   *
   * @param base where the codes of the row start
   */
  void decode(int row, int from, int to, MemorySegment codes, long base, double[] into);

  /** Whether a scale or offset of the weights from column {@code from} on is the last that its type can store. */
  boolean atEnd(int row, int from);

  /** The decoder of all that {@code weights} hold. */
  static RunDecoder of(QuantizedWeights weights) {
    return switch (weights.format().element()) {
      case DecodeTable table -> new Values(FormatPlanes.of(weights), table);
      case SignPlanes signs -> new Signs(SignScales.of(weights), signs);
    };
  }

  private static boolean isLast(NaturalPlane plane, int row, int column) {
    return isLargest(plane, row, column) || (plane.plane().type() instanceof ParamType.Float type
        && FormatPlanes.value(plane, row, column) <= type.value(ParamRounding.smallest(type)));
  }

  private static boolean isLargest(NaturalPlane plane, int row, int column) {
    return plane.plane().type() instanceof ParamType.Float type
        && Math.abs(FormatPlanes.value(plane, row, column)) >= ParamRounding.largest(type);
  }

  /** {@code product(scales) * (value - zero) + offset}. */
  record Values(FormatPlanes planes, DecodeTable table) implements RunDecoder {
    @Override
    public boolean atEnd(int row, int from) {
      return isLast(planes.scale(), row, from)
          || planes.coarse().filter(coarse -> isLast(coarse, row, from)).isPresent()
          || planes.offset().filter(offset -> isLargest(offset, row, from)).isPresent();
    }

    @Override
    public int run(int k) {
      return planes.uniformRun(k);
    }

    @Override
    public void decode(int row, int from, int to, MemorySegment codes, long base, double[] into) {
      Affine map = planes.affine(row, from);
      for (int i = from; i < to; i++) {
        int code = codes.get(ValueLayout.JAVA_BYTE, base + i) & 0xff;
        into[i] = map.scale() * (table.value(code) - map.zero()) + map.offset();
      }
    }
  }

  /**
   * {@code sum of scale_i * sign_i + offset}.
   *
   * @param used the planes that are summed, from the first on
   */
  record Signs(SignScales scales, SignPlanes used) implements RunDecoder {
    @Override
    public boolean atEnd(int row, int from) {
      return scales.scales().stream().anyMatch(plane -> isLast(plane, row, from))
          || scales.offset().filter(offset -> isLargest(offset, row, from)).isPresent();
    }

    @Override
    public int run(int k) {
      return scales.uniformRun(k);
    }

    @Override
    public void decode(int row, int from, int to, MemorySegment codes, long base, double[] into) {
      double[] levels = scales.levels(row, from, used.count());
      for (int i = from; i < to; i++) {
        into[i] = levels[codes.get(ValueLayout.JAVA_BYTE, base + i) & levels.length - 1];
      }
    }
  }
}
