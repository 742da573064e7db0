package org.bitloom.runtime.cpu;

import java.lang.foreign.MemorySegment;

import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationType;

/**
 * Activations as the quantizers of every device round them.
 *
 * @param codes u of x[m][k]
 * @param scales of each token
 */
@SuppressWarnings("ArrayRecordComponent") // read number by number, never compared
public record QuantizedTokens(ActivationCode code, int m, int k, byte[] codes, float[] scales) {
  /** Quantizes x[m][k]. */
  public static QuantizedTokens of(ActivationCode code, ActivationType type, MemorySegment x, int m, int k) {
    double[] numbers = Activations.read(type, x, Math.multiplyExact(m, k));
    byte[] codes = new byte[numbers.length];
    float[] scales = new float[m];
    for (int token = 0; token < m; token++) {
      float absmax = 0;
      for (int i = 0; i < k; i++) {
        absmax = Math.max(absmax, Math.abs((float) numbers[token * k + i]));
      }
      float rate = code.rate(absmax);
      scales[token] = code.scale(absmax);
      for (int i = 0; i < k; i++) {
        codes[token * k + i] = (byte) code.code((float) numbers[token * k + i], rate);
      }
    }
    return new QuantizedTokens(code, m, k, codes, scales);
  }

  /** The integer value of one activation. */
  public int value(int token, int feature) {
    return code.value(codes[token * k + feature] & 0xff);
  }

  /** All activations, in float64. */
  double[] numbers() {
    double[] numbers = new double[codes.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (double) scales[i / k] * code.value(codes[i] & 0xff);
    }
    return numbers;
  }
}
