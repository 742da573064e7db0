package org.bitloom.runtime.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;

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

  /** The decoder of all that {@code weights} hold. */
  static RunDecoder of(QuantizedWeights weights) {
    return switch (weights.format().element()) {
      case DecodeTable table -> new Values(FormatPlanes.of(weights), table);
      case SignPlanes signs -> new Signs(SignScales.of(weights), signs);
    };
  }

  /** {@code product(scales) * (value - zero) + offset}. */
  record Values(FormatPlanes planes, DecodeTable table) implements RunDecoder {
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
