package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;

/**
 * Turns codes and parameters back into numbers, in float64: {@code product(scales) * (value - zero) + offset}, or of
 * binary-coded weights {@code sum of scale_i * sign_i + offset}. May be used from many threads.
 */
public final class Dequantizer {
  private final QuantizedWeights weights;
  private final RunDecoder decoder;

  /**
   * All that {@code weights} hold.
   *
   * @throws QuantizationException if the planes of the format are none that a single scale chain can express
   */
  public Dequantizer(QuantizedWeights weights) {
    this(weights, RunDecoder.of(weights));
  }

  /**
   * Binary-coded weights by their first planes only: a coarser version of them.
   *
   * @param used how many planes
   * @throws IllegalArgumentException if the weights are not binary-coded, or have fewer planes
   */
  public Dequantizer(QuantizedWeights weights, SignPlanes used) {
    this(weights, firstPlanes(weights, used));
  }

  private static RunDecoder firstPlanes(QuantizedWeights weights, SignPlanes used) {
    if (!(weights.format().element() instanceof SignPlanes all) || used.count() > all.count()) {
      throw new IllegalArgumentException(weights.format().name() + " has no " + used.count() + " sign planes");
    }
    return new RunDecoder.Signs(SignScales.of(weights), used);
  }

  private Dequantizer(QuantizedWeights weights, RunDecoder decoder) {
    this.weights = weights;
    this.decoder = decoder;
  }

  /** Output features. */
  public int n() {
    return weights.n();
  }

  /** Input features. */
  public int k() {
    return weights.k();
  }

  /** The longest run of columns, counted from column 0, in which no parameter changes. */
  int run() {
    return decoder.run(weights.k());
  }

  /** Whether a scale or offset of the run that begins at {@code column} is the last that its type can store. */
  boolean atEnd(int row, int column) {
    return decoder.atEnd(row, column);
  }

  /** The weights of one row; {@code into} has k places. */
  public void row(int row, double[] into) {
    long base = (long) row * weights.k();
    int run = decoder.run(weights.k());
    for (int from = 0; from < into.length; from += run) {
      decoder.decode(row, from, Math.min(into.length, from + run), weights.codes(), base, into);
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
