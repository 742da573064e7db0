package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Binary-coded weights by least squares in turns: scales and offset for the present signs, then for each weight the nearest of
 * the 2^q levels, until that stops improving. Starts from {@link Greedy}, from the uniform integers of as many bits under the
 * scale of {@link ClipSearch}, from evenly spaced levels over a group's extent, and from levels that each take their share of
 * the weights, and keeps the best end; a round that fits
 * worse with its stored scales is not taken, so no group ends worse than any of its starts. Hence with offsets binary q is
 * never worse than {@code int q} with the same groups, unless halving the scale that int q has leaves the range of its type.
 */
public record Alternating(ParallelRows parallel) implements Quantizer {
  private static final int MOST_ROUNDS = 100;

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
      SignFit fit = new SignFit(types);
      UniformStart uniform = new UniformStart(types);
      QuantileStart quantiles = new QuantileStart(types);
      return group -> {
        SignFit.Coding best = improved(fit, group, fit.greedy(group))
            .better(improved(fit, group, uniform.integers(fit, group)))
            .better(improved(fit, group, uniform.span(fit, group)));
        for (SignFit.Coding start : quantiles.codings(group)) {
          best = best.better(improved(fit, group, start));
        }
        return best;
      };
    }).fit();
    return new Fitted(fitted.weights(), fitted.squaredError());
  }

  private static SignFit.Coding improved(SignFit fit, double[] weights, SignFit.Coding start) {
    return rounds(fit, weights, start).getLast();
  }

  /** The start and every round that was taken, each better than the one before. */
  static List<SignFit.Coding> rounds(SignFit fit, double[] weights, SignFit.Coding start) {
    List<SignFit.Coding> rounds = new ArrayList<>(List.of(start));
    while (rounds.size() <= MOST_ROUNDS) {
      SignFit.Coding next = fit.alternate(weights, rounds.getLast());
      if (!(next.squaredError() < rounds.getLast().squaredError())) {
        break;
      }
      rounds.add(next);
    }
    return rounds;
  }
}
