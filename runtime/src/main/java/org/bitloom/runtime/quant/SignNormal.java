package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.SignPlanes;

/**
 * The normal equations of scales (and offset) for fixed signs, in terms of the change from the present ones, solved by
 * Cholesky's method. Where signs of planes depend on each other the equations are singular; a small multiple of the identity
 * then keeps the change small.
 */
final class SignNormal {
  private static final double SINGULAR = 1e-9;
  private static final double RIDGE = 1e-6;

  private final int size;
  private final double[][] matrix;
  private final double[] right;
  private final double weights;

  /**
   * @param counts weights of each code
   * @param residuals for each code, the sum of its weights less their present level
   */
  SignNormal(int planes, boolean offset, double[] counts, double[] residuals) {
    size = planes + (offset ? 1 : 0);
    matrix = new double[size][size];
    right = new double[size];
    double total = 0;
    int[] signs = new int[size];
    for (int code = 0; code < counts.length; code++) {
      if (counts[code] > 0) {
        total += counts[code];
        for (int i = 0; i < size; i++) {
          signs[i] = i < planes ? SignPlanes.sign(code, i) : 1;
          right[i] += signs[i] * residuals[code];
          for (int j = 0; j <= i; j++) {
            matrix[i][j] += signs[i] * signs[j] * counts[code];
          }
        }
      }
    }
    weights = total;
  }

  /** The change of each scale, and of the offset last. */
  double[] solve() {
    double[][] factor = new double[size][size];
    if (!factor(factor, 0)) {
      factor(factor, RIDGE * weights);
    }
    double[] solution = right.clone();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        solution[i] -= factor[i][j] * solution[j];
      }
      solution[i] /= factor[i][i];
    }
    for (int i = size - 1; i >= 0; i--) {
      for (int j = i + 1; j < size; j++) {
        solution[i] -= factor[j][i] * solution[j];
      }
      solution[i] /= factor[i][i];
    }
    return solution;
  }

  /** The lower factor L of {@code matrix + ridge * identity = L * transpose(L)}; false if it is singular. */
  private boolean factor(double[][] factor, double ridge) {
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
