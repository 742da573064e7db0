package org.bitloom.job;

import java.util.Optional;

import org.bitloom.runtime.api.ActivationType;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What counts as a right result. */
class VerdictTest {
  private final Verdict verdict = new Verdict(2, new double[]{1, 1, 1, 1});

  private Optional<String> fault(double last, ActivationType held) {
    double[] y = {1, 1, 1, last};
    short[] bits = new short[y.length];
    for (int i = 0; i < y.length; i++) {
      bits[i] = SixteenBit.round(ActivationType.F16, y[i]);
    }
    return verdict.fault(new Output(ActivationType.F16, bits, Optional.empty()), held);
  }

  @Test
  void holdsResultsToTheToleranceOfTheirType() {
    assertEquals(Optional.empty(), fault(1.001, ActivationType.F16));
    assertTrue(fault(1.003, ActivationType.F16).isPresent());
    assertEquals(Optional.empty(), fault(1.003, ActivationType.BF16));
  }

  @Test
  void refusesWhatIsNoNumber() {
    assertTrue(fault(Double.NaN, ActivationType.F16).isPresent());
    assertTrue(fault(Double.POSITIVE_INFINITY, ActivationType.F16).isPresent());
  }
}
