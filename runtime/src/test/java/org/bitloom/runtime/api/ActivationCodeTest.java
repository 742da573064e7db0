package org.bitloom.runtime.api;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Codes of activations at ties, zeros and tokens too small to be told apart. */
class ActivationCodeTest {
  @Test
  void integersRoundTiesToEven() {
    ActivationCode four = new ActivationCode(ActivationCode.Encoding.INT, 4);
    float[] x = {0.5f, 1.5f, -0.5f, -1.5f, -7f, -0f};
    int[] wanted = {0, 2, 0, -2, -7, 0};
    for (int i = 0; i < x.length; i++) {
      assertEquals(wanted[i], four.value(four.code(x[i], four.rate(7))), "of " + x[i]);
    }
  }

  @Test
  void bipolarNumbersRoundTiesUpAndZerosOfBothSignsToOne() {
    ActivationCode two = new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2);
    float[] x = {0, -0f, 2, -2, 3};
    int[] wanted = {1, 1, 3, -1, 3};
    for (int i = 0; i < x.length; i++) {
      assertEquals(wanted[i], two.value(two.code(x[i], two.rate(3))), "of " + x[i]);
    }
  }

  @Test
  void tokensBelowTheSmallestCountAsZeros() {
    ActivationCode eight = new ActivationCode(ActivationCode.Encoding.INT, 8);
    assertEquals(0, eight.rate(Math.nextDown(ActivationCode.SMALLEST)));
    assertTrue(eight.rate(ActivationCode.SMALLEST) > 0);
    assertTrue(Float.isFinite(eight.rate(ActivationCode.SMALLEST)));
  }
}
