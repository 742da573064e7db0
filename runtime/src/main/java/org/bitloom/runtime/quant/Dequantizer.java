package org.bitloom.runtime.quant;

import java.lang.foreign.ValueLayout;

import org.bitloom.runtime.api.QuantizedWeights;

/**
 * Turns codes and parameters back into numbers: {@code product(scales) * (value - zero) + offset}, in float64. May be used
 * from many threads.
 */
public final class Dequantizer {
  private final QuantizedWeights weights;
  private final FormatPlanes planes;
  private final float[] values;
  private final int run;

  /**
   * @throws QuantizationException if the planes of the format are none that a single scale chain can express
   */
  public Dequantizer(QuantizedWeights weights) {
    this.weights = weights;
    this.planes = FormatPlanes.of(weights);
    this.values = weights.format().table().toArray();
    this.run = planes.uniformRun(weights.k());
  }

  /** Output features. */
  public int n() {
    return weights.n();
  }

  /** Input features. */
  public int k() {
    return weights.k();
  }

  /** The weights of one row; {@code into} has k places. */
  public void row(int row, double[] into) {
    long base = (long) row * weights.k();
    for (int from = 0; from < into.length; from += run) {
      Affine map = planes.affine(row, from);
      int to = Math.min(into.length, from + run);
      for (int i = from; i < to; i++) {
        int code = weights.codes().get(ValueLayout.JAVA_BYTE, base + i) & 0xff;
        into[i] = map.scale() * (values[code] - map.zero()) + map.offset();
      }
    }
  }

  /** The weights of one row, rounded to float32. */
  public void row(int row, float[] into) {
    double[] exact = new double[into.length];
    row(row, exact);
    for (int i = 0; i < into.length; i++) {
      into[i] = (float) exact[i];
    }
  }
}
