package org.bitloom.runtime.cpu;

import java.lang.foreign.ValueLayout;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.QuantizedWeights;

/** Exact integer products of weights and activations, before any scale: what the sums of integer kernels must equal. */
public final class IntegerReference {
  private IntegerReference() {
  }

  /**
   * {@code sum over k of w[n,k] * x[m,k]}, in 64 bits.
   *
   * @param weights a format whose values are integers; its parameters are ignored
   * @return [m][n]
   */
  public static long[] products(QuantizedWeights weights, QuantizedTokens x) {
    if (weights.k() != x.k()) {
      throw new IllegalArgumentException("weights have " + weights.k() + " features, activations " + x.k());
    }
    int[] values = integers(weights.format().table());
    int n = weights.n();
    int k = weights.k();
    long[] products = new long[Math.multiplyExact(x.m(), n)];
    int[] w = new int[k];
    int[] a = new int[x.m() * k];
    for (int i = 0; i < a.length; i++) {
      a[i] = x.value(i / k, i % k);
    }
    for (int row = 0; row < n; row++) {
      for (int i = 0; i < k; i++) {
        w[i] = values[weights.codes().get(ValueLayout.JAVA_BYTE, (long) row * k + i) & 0xff];
      }
      for (int token = 0; token < x.m(); token++) {
        long sum = 0;
        for (int i = 0; i < k; i++) {
          sum += (long) w[i] * a[token * k + i];
        }
        products[token * n + row] = sum;
      }
    }
    return products;
  }

  private static int[] integers(DecodeTable table) {
    int[] values = new int[table.size()];
    for (int code = 0; code < values.length; code++) {
      float value = table.value(code);
      if (!Float.isNaN(value) && value != Math.rint(value)) {
        throw new IllegalArgumentException("the value of code " + code + " is no integer: " + value);
      }
      values[code] = (int) value;
    }
    return values;
  }
}
