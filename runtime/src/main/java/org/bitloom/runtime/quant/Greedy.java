package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Binary-coded weights, plane after plane: the signs of what the planes before have left, scaled by its mean magnitude
 * (LUT-GEMM, section 3.1). The offset, where there is one, is the mean or the middle of a group, whichever ends better. Planes
 * are then ordered by falling scale.
 */
public record Greedy(ParallelRows parallel) implements Quantizer {
  /** Uses all processors. */
  public Greedy() {
    this(ParallelRows.ofAllProcessors());
  }

  @Override
  public QuantizedWeights quantize(FormatInfo format, WeightMatrix weights, Arena arena) {
    return new SignMatrixFit(format, weights, parallel, arena, types -> new SignFit(types)::greedy).fit().weights();
  }
}
