package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Scales so that no weight is clipped: the smallest scale under which the extremes of a group reach no further than the
 * extremes of the format. A two's complement format uses its lowest value too: a group of {@code int 4} takes
 * {@code max(max / 7, -min / 8)}. Power-of-two scales are {@code floor(log2(extreme)) - floor(log2(largest value))}, which
 * may clip (OCP Microscaling Formats 1.0, section 6.3). With a zero point or offset the scale spans minimum to maximum.
 */
public record Absmax(ParallelRows parallel) implements Quantizer {
  /** Uses all processors. */
  public Absmax() {
    this(ParallelRows.ofAllProcessors());
  }

  @Override
  public QuantizedWeights quantize(FormatInfo format, WeightMatrix weights, Arena arena) {
    return new MatrixFit(format, weights, new ScaleChoice.Unclipped(), parallel, arena).quantize();
  }
}
