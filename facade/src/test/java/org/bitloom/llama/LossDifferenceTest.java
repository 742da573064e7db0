package org.bitloom.llama;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class LossDifferenceTest {
  @Test
  void comparesWindowByWindow() {
    LossDifference found = LossDifference.of(new double[]{1.5, 3.0, 2.0}, new double[]{1.0, 2.0, 0.5});
    assertEquals(1, found.mean(), 1e-15);
    assertEquals(Math.sqrt(0.25 / 3), found.standardError(), 1e-15);
  }

  @Test
  void windowsThatDifferAlikeLeaveNoDoubt() {
    LossDifference found = LossDifference.of(new double[]{1, 5}, new double[]{2, 6});
    assertEquals(-1, found.mean());
    assertEquals(0, found.standardError());
  }

  @Test
  void refusesOneWindowAndWindowsWithoutPartner() {
    assertThrows(IllegalArgumentException.class, () -> LossDifference.of(new double[1], new double[1]));
    assertThrows(IllegalArgumentException.class, () -> LossDifference.of(new double[2], new double[3]));
  }
}
