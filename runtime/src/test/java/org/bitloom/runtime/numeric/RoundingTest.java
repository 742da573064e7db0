package org.bitloom.runtime.numeric;

import java.util.Random;

import org.bitloom.runtime.api.ParamType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class RoundingTest {
  @Test
  void everyHalfSurvivesAndNeighbouringMidpointsGoToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = F16.toFloat((short) bits);
      double high = F16.toFloat((short) (bits + 1));
      double middle = (low + high) / 2;
      int even = bits % 2 == 0 ? bits : bits + 1;
      assertEquals(bits, F16.fromDouble(low));
      assertEquals(even, F16.fromDouble(middle), "midpoint above " + low);
      assertEquals(bits, F16.fromDouble(Math.nextDown(middle)), "just below the midpoint above " + low);
      assertEquals(bits + 1, F16.fromDouble(Math.nextUp(middle)), "just above the midpoint above " + low);
      assertEquals((short) (0x8000 | even), F16.fromDouble(-middle));
    }
  }

  @Test
  void everyBf16SurvivesAndNeighbouringMidpointsGoToEven() {
    for (int bits = 0; bits < 0x7f7f; bits++) {
      double low = Bf16.toFloat((short) bits);
      double middle = (low + Bf16.toFloat((short) (bits + 1))) / 2;
      assertEquals(bits, Bf16.fromDouble(low));
      assertEquals(bits % 2 == 0 ? bits : bits + 1, Bf16.fromDouble(middle), "midpoint above " + low);
      assertEquals(bits + 1, Bf16.fromDouble(Math.nextUp(middle)), "just above the midpoint above " + low);
    }
  }

  @Test
  void overflowOfResultsIsInfinite() {
    assertEquals(0x7bff, F16.fromDouble(65519.999));
    assertEquals(0x7c00, F16.fromDouble(65520));
    assertEquals((short) 0xfc00, F16.fromDouble(Double.NEGATIVE_INFINITY));
    assertEquals(0x7f80, Bf16.fromDouble(Float.MAX_VALUE));
    assertEquals(0x7fc0, Bf16.fromDouble(Double.NaN));
    assertEquals(true, Float.isNaN(F16.toFloat(F16.fromDouble(Double.NaN))));
  }

  @Test
  void halvesAgreeWithThePlatformForFloats() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      float x = Float.intBitsToFloat(random.nextInt());
      if (!Float.isNaN(x)) {
        assertEquals(Float.floatToFloat16(x), F16.fromDouble(x), () -> x + ", seed " + seed);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = ParamType.Float.class, names = {"F16", "BF16", "E8M0", "E4M3"})
  void parametersRoundToTheNearestStoredNumber(ParamType.Float type) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      double x = Math.scalb(random.nextDouble(1, 2), random.nextInt(type == ParamType.Float.E4M3 ? -12 : -20, 10));
      double best = Double.POSITIVE_INFINITY;
      for (int raw = 0; raw < 1 << type.storedBits(); raw++) {
        double distance = Math.abs(type.value(raw) - x);
        best = distance < best ? distance : best;
      }
      assertEquals(best, Math.abs(type.value(ParamRounding.nearest(type, x)) - x), () -> x + ", seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource(ParamType.Float.class)
  void parametersSaturate(ParamType.Float type) {
    assertEquals(ParamRounding.largest(type), type.value(ParamRounding.nearest(type, 1e300)));
    double least = type.value(ParamRounding.smallest(type));
    assertEquals(least, type.value(ParamRounding.nearest(type, least)));
    assertEquals(true, least > 0);
  }

  @Test
  void everyE4m3Survives() {
    for (int raw = 0; raw < 256; raw++) {
      double value = ParamType.Float.E4M3.value(raw);
      if (!Double.isNaN(value)) {
        assertEquals(raw, ParamRounding.nearest(ParamType.Float.E4M3, value));
      }
    }
  }

  @Test
  void integersRoundToEvenAndClamp() {
    ParamType signed = new ParamType.Int(3, ParamType.Int.Sign.SIGNED);
    assertEquals(2, signed.value(ParamRounding.nearest(signed, 2.5)));
    assertEquals(-2, signed.value(ParamRounding.nearest(signed, -1.5)));
    assertEquals(3, signed.value(ParamRounding.nearest(signed, 99)));
    assertEquals(-4, signed.value(ParamRounding.nearest(signed, -99)));
    ParamType unsigned = new ParamType.Int(3, ParamType.Int.Sign.UNSIGNED);
    assertEquals(7, unsigned.value(ParamRounding.nearest(unsigned, 99)));
    assertEquals(0, unsigned.value(ParamRounding.nearest(unsigned, -1)));
  }
}
