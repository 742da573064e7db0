package org.bitloom.runtime.api;

import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Tables;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** How many input features sums of 32 bits hold. */
class IntegerBoundTest {
  private static final ParamPlane SCALE = Formats.scale(ParamType.Float.F16, new Grouping.Row());
  private static final FormatInfo PLAIN = Formats.of("u8", Tables.uints(8), SCALE);
  private static final FormatInfo ZEROS = Formats.of("z8", Tables.uints(8), SCALE,
      Formats.zero(new ParamType.Int(8, ParamType.Int.Sign.UNSIGNED), new Grouping.Row()));

  private final ActivationCode bytes = new ActivationCode(ActivationCode.Encoding.INT, 8);

  @Test
  void zeroPointsDoubleWhatAWeightMayBe() {
    assertEquals(65_793, IntegerBound.features(PLAIN, bytes));
    assertEquals(32_896, IntegerBound.features(ZEROS, bytes));
  }

  @Test
  void theLargestIsAllowedAndOneMoreIsNot() {
    IntegerBound.require(ZEROS, bytes, 32_896);
    assertThrows(IllegalArgumentException.class, () -> IntegerBound.require(ZEROS, bytes, 32_897));
  }
}
