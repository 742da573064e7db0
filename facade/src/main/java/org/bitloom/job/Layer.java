package org.bitloom.job;

import java.lang.foreign.Arena;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.Quantizer;
import org.bitloom.runtime.quant.WeightMatrix;

/** One weight matrix, quantized and packed. */
record Layer(WeightFormat format, QuantizedWeights quantized, PackedWeights packed) {
  /** Quantizes and packs {@code weights} into memory of {@code arena}. */
  static Layer of(WeightFormat format, Quantizer quantizer, WeightMatrix weights, Arena arena) {
    QuantizedWeights quantized = quantizer.quantize(format.info(), weights, arena);
    return new Layer(format, quantized, new WeightPacker(format).pack(quantized, arena));
  }

  /** Bits that one weight takes in the mean, parameters included, padding left out. */
  double bitsPerWeight() {
    return bitsPerWeight(format.info(), quantized.n(), quantized.k());
  }

  /** As above, of an n x k matrix of a format. */
  static double bitsPerWeight(FormatInfo info, int n, int k) {
    long bits = (long) n * k * info.codeBits();
    for (ParamPlane plane : info.planes()) {
      bits += plane.count(n, k) * plane.type().storedBits();
    }
    return (double) bits / ((long) n * k);
  }
}
