package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Chooses each scale by the squared error of the group it serves: starts from {@link Absmax} and takes another scale only
 * where it is strictly better, so the whole is never worse. Tries a geometric grid of clip factors and refines around the
 * best; power-of-two scales try the neighbouring exponents; integer zero points try their neighbours. Whether a two's
 * complement group uses its lowest value follows from the same search.
 */
public record ClipSearch(ParallelRows parallel) implements Quantizer {
  /** Uses all processors. */
  public ClipSearch() {
    this(ParallelRows.ofAllProcessors());
  }

  @Override
  public QuantizedWeights quantize(FormatInfo format, WeightMatrix weights, Arena arena) {
    return new MatrixFit(format, weights, ScaleChoice.LeastSquares.of(format.element()), parallel, arena).quantize();
  }
}
