package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;

/**
 * Turns numbers into codes and parameters of a format. Parameters are rounded to their stored type first and codes are
 * chosen against the stored parameters: the nearest value, ties to even (for codebooks: to the even, else the lower code),
 * saturating. Results depend on the weights and the format alone, not on the number of threads.
 */
public sealed interface Quantizer permits Absmax, ClipSearch {
  /**
   * Quantizes into memory of {@code arena}.
   *
   * @throws QuantizationException if a weight is NaN or infinite (its place is named), or the format's codes have no values
   *     of their own, or its parameter groups do not nest
   */
  QuantizedWeights quantize(FormatInfo format, WeightMatrix weights, Arena arena);

  /** Quantizes into memory that the garbage collector frees. */
  default QuantizedWeights quantize(FormatInfo format, WeightMatrix weights) {
    return quantize(format, weights, Arena.ofAuto());
  }
}
