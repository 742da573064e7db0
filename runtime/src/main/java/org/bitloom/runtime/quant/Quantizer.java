package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;

/**
 * Turns numbers into codes and parameters of a format. Parameters are rounded to their stored type first and codes are
 * chosen against the stored parameters: the nearest value, ties to even (for codebooks: to the even, else the lower code),
 * saturating. Results depend on the weights and the format alone, not on the number of threads.
 */
public sealed interface Quantizer permits Absmax, ClipSearch, Greedy, Alternating {
  /**
   * Quantizes into memory of {@code arena}.
   *
   * @throws QuantizationException if a weight is NaN or infinite (its place is named), or the quantizer is for other
   *     elements than the format's, or the format's parameter groups do not nest
   */
  QuantizedWeights quantize(FormatInfo format, WeightMatrix weights, Arena arena);

  /** Quantizes into memory that the garbage collector frees. */
  default QuantizedWeights quantize(FormatInfo format, WeightMatrix weights) {
    return quantize(format, weights, Arena.ofAuto());
  }

  /** What is used where nothing else is asked for: {@link Absmax}, or {@link Alternating} for binary-coded formats. */
  static Quantizer standard(FormatInfo format) {
    return switch (format.element()) {
      case DecodeTable _ -> new Absmax();
      case SignPlanes _ -> new Alternating();
    };
  }
}
