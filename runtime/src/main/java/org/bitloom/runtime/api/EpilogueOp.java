package org.bitloom.runtime.api;

/** What happens to a float32 (on the cpu: float64) sum before it is rounded to the result type. */
public enum EpilogueOp {
  /** Adds number n of a bias vector of the result type. */
  BIAS,
  /** {@code v / (1 + exp(-v))}. */
  SILU,
  /** {@code 0.5 v (1 + erf(v / sqrt 2))}: the exact form, not the tanh approximation (Hendrycks and Gimpel 2016, section 2). */
  GELU
}
