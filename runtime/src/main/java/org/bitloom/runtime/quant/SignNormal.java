package org.bitloom.runtime.quant;

/**
 * The normal equations of scales (and offset) for fixed signs, in terms of the change from the present ones, solved by
 * Cholesky's method. Where signs of planes depend on each other the equations are singular; a small multiple of the identity
 * then keeps the change small. Holds buffers; not for many threads.
 */
final class SignNormal {
  private static final double SINGULAR = 1e-9;
  private static final double RIDGE = 1e-6;

  private final int planes;
  private final int size;
  private final double[][] matrix;
  private final double[][] factor;
  private final double[] change;

  SignNormal(int planes, boolean offset) {
    this.planes = planes;
    this.size = planes + (offset ? 1 : 0);
    this.matrix = new double[size][size];
    this.factor = new double[size][size];
    this.change = new double[size];
  }

  /**
   * The change of each scale, and of the offset last; valid until the next call.
   *
   * @param counts weights of each code; overwritten
   * @param residuals for each code, the sum of its weights less their present level; overwritten
   */
  double[] solve(double[] counts, double[] residuals) {
    signSums(counts);
    signSums(residuals);
    double weights = counts[0];
    for (int i = 0; i < size; i++) {
      change[i] = i < planes ? -residuals[1 << i] : residuals[0];
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = i < planes ? counts[1 << i ^ 1 << j] : j < planes ? -counts[1 << j] : weights;
      }
    }
    if (!factor(0, weights)) {
      factor(RIDGE * weights, weights);
    }
    substitute();
    return change;
  }

  /** Replaces element m by the sum of all elements, less for codes with an odd number of the bits of m (Walsh-Hadamard). */
  private static void signSums(double[] elements) {
    for (int half = 1; half < elements.length; half *= 2) {
      for (int block = 0; block < elements.length; block += 2 * half) {
        for (int i = block; i < block + half; i++) {
          double without = elements[i];
          double with = elements[i + half];
          elements[i] = without + with;
          elements[i + half] = without - with;
        }
      }
    }
  }

  private void substitute() {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        change[i] -= factor[i][j] * change[j];
      }
      change[i] /= factor[i][i];
    }
    for (int i = size - 1; i >= 0; i--) {
      for (int j = i + 1; j < size; j++) {
        change[i] -= factor[j][i] * change[j];
      }
      change[i] /= factor[i][i];
    }
  }

  /** The lower factor L of {@code matrix + ridge * identity = L * transpose(L)}; false if it is singular. */
  private boolean factor(double ridge, double weights) {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j] + (i == j ? ridge : 0);
        for (int l = 0; l < j; l++) {
          sum -= factor[i][l] * factor[j][l];
        }
        if (i == j && sum <= SINGULAR * weights) {
          return false;
        }
        factor[i][j] = i == j ? Math.sqrt(sum) : sum / factor[j][j];
      }
    }
    return true;
  }
}
