package org.bitloom.runtime.quant;

import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.fixture.Tables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Groups of weights that no stored scale can bring into range are counted, and only those. */
class UnscaledGroupsTest {
  private static final FormatInfo INT4_PAIRS = Formats.of("int4_pairs", Tables.ints(4),
      Formats.scale(ParamType.Float.F16, Formats.groupsOf(2)));

  private static long unscaled(FormatInfo format, WeightMatrix weights) {
    return QuantizationError.of(weights, Quantizer.standard(format).quantize(format, weights)).unscaled();
  }

  @Test
  void countsWhatIsTooLargeOrTooSmall() {
    assertEquals(0, unscaled(INT4_PAIRS, Matrices.of(1, 8, 1, 2, 0, 0, -400_000, 0, 1e-6f, 0)));
    assertEquals(1, unscaled(INT4_PAIRS, Matrices.of(1, 8, 1, 2, 0, 0, -1e7f, 3, 4, 5)));
    assertEquals(2, unscaled(INT4_PAIRS, Matrices.of(2, 4, 1, 1e30f, 0, 0, 1e-10f, 0, 1, 2)));
  }

  @Test
  void countsOffsetsThatAreTooLarge() {
    FormatInfo format = Formats.of("offset", Tables.ints(4), Formats.scale(ParamType.Float.F32, new Grouping.Row()),
        Formats.offset(ParamType.Float.F16, new Grouping.Row()));
    assertEquals(1, unscaled(format, Matrices.of(2, 2, 1e6f, 1.000001e6f, 3, 4)));
  }

  static Stream<FormatInfo> formats() {
    return Stream.of(Formats.nvfp4(), Formats.mxfp4(), INT4_PAIRS,
        Formats.binary(3, Formats.scale(ParamType.Float.F16, Formats.groupsOf(32))),
        Formats.binary(1, Formats.scale(ParamType.Float.F16, new Grouping.Row())));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void findsNothingInUsualWeights(FormatInfo format) {
    assertEquals(0, unscaled(format, Matrices.random(new SplittableRandom(5), 40, 256)));
  }
}
