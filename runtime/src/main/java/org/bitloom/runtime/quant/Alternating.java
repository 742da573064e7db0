package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Binary-coded weights by least squares in turns: scales and offset for the present signs, then for each weight the nearest of
 * the 2^q levels, until that stops improving. {@link LevelSearch} does so from several starts and again from near the best end,
 * with numbers that are not rounded; what it finds is rounded, and rounds with stored numbers follow from the best of that,
 * {@link Greedy} and the uniform integers of as many bits under the scale of {@link ClipSearch}. A round that fits worse is not
 * taken, so no group ends worse than any of the three. Hence with offsets binary q is never worse than {@code int q} with the
 * same groups, unless halving the scale that int q has leaves the range of its type.
 */
public record Alternating(ParallelRows parallel) implements Quantizer {
  /** Uses all processors. */
  public Alternating() {
    this(ParallelRows.ofAllProcessors());
  }

  /**
   * Quantized weights and how well they fit.
   *
   * @param squaredError sum over all weights, with the scales as they are stored
   */
  public record Fitted(QuantizedWeights weights, double squaredError) {
  }

  @Override
  public QuantizedWeights quantize(FormatInfo format, WeightMatrix weights, Arena arena) {
    return fit(format, weights, arena).weights();
  }

  /** As {@link #quantize}, and reports the error. */
  public Fitted fit(FormatInfo format, WeightMatrix weights, Arena arena) {
    SignMatrixFit.Fitted fitted = new SignMatrixFit(format, weights, parallel, arena, types -> {
      GroupFit fit = new GroupFit(types);
      return fit::code;
    }).fit();
    return new Fitted(fitted.weights(), fitted.squaredError());
  }
}
