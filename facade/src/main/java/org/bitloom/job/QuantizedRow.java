package org.bitloom.job;

import java.util.OptionalDouble;

import org.bitloom.runtime.api.ActivationCode;

/**
 * One measured kernel of quantized activations. Times are medians, in microseconds.
 *
 * @param weightBits bits of a weight
 * @param code how activations are quantized
 * @param us of the product of activations that are quantized already
 * @param forwardUs of the product of 16-bit activations, which are quantized first
 * @param quantizerUs of quantizing 16-bit activations, over rotating copies of them
 * @param floorUs to read {@code bytes}
 * @param quantizerFloorUs to read {@code quantizerBytes}
 * @param cublasUs of the dense 16-bit product, where cuBLAS is installed
 * @param int8Us of the dense product of bytes, where cuBLAS has one for the shape
 * @param bytes of packed weights with scales, quantized activations, and results
 * @param quantizerBytes of activations before and after
 * @param origin where the schedule comes from, in a few words; empty where it was asked for
 */
public record QuantizedRow(String format, String kernel, int weightBits, ActivationCode code, String family, int n,
    int k, int m, double us, double forwardUs, double quantizerUs, double floorUs, double quantizerFloorUs,
    OptionalDouble cublasUs, OptionalDouble int8Us, long bytes, long quantizerBytes, String schedule, String origin) {
  /** Bits of weights and activations, format and activation code, such as {@code W2A2 w2_bipolar x bipolar 2}. */
  public String label() {
    return "W" + weightBits + "A" + code.bits() + " " + format + " x " + code.spelling();
  }

  /** Operations of the product, a multiply-add for each weight and token, in 10^12 a second. */
  public double teraops() {
    return 2.0 * n * k * m / us / 1e6;
  }
}
