package org.bitloom.runtime.api;

/** One product {@code y[m,n] = x[m,k] * w[n,k]^T}: n output features, k input features, batch m. */
public record Problem(int n, int k, int m) {
  public Problem {
    if (n < 1 || k < 1 || m < 1) {
      throw new IllegalArgumentException("n, k, m must be >= 1, not " + n + ", " + k + ", " + m);
    }
  }
}
