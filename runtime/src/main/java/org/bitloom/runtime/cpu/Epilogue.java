package org.bitloom.runtime.cpu;

import java.util.List;

import org.bitloom.runtime.api.EpilogueOp;

/**
 * The epilogue of a product in float64.
 *
 * @param bias n numbers; empty where no operation adds them
 */
@SuppressWarnings("ArrayRecordComponent") // epilogues are applied, never compared
record Epilogue(List<EpilogueOp> operations, double[] bias) {
  double apply(double sum, int n) {
    double value = sum;
    for (EpilogueOp operation : operations) {
      value = switch (operation) {
        case BIAS -> value + bias[n];
        case SILU -> silu(value);
        case GELU -> gelu(value);
      };
    }
    return value;
  }

  /** v / (1 + exp(-v)), whose limit far below zero is 0. */
  private static double silu(double v) {
    return v == Double.NEGATIVE_INFINITY ? 0 : v / (1 + Math.exp(-v));
  }

  /** v times the normal distribution function, whose limit far below zero is 0. */
  private static double gelu(double v) {
    return v == Double.NEGATIVE_INFINITY ? 0 : v * 0.5 * Erf.erfc(-v / Math.sqrt(2));
  }
}
