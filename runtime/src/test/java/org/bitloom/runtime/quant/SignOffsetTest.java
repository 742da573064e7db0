package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.fixture.Tables;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Offsets of binary-coded weights: what they become where they serve other weights than scales do, and where none is needed. */
class SignOffsetTest {
  private static final ParamType.Float F16 = ParamType.Float.F16;
  private static final Grouping ROW = new Grouping.Row();
  private static final List<Quantizer> QUANTIZERS = List.of(new Greedy(), new Alternating());

  /** Two rows of two groups of 16, each one up and one down of 3, 3, -5 and 7. */
  private static WeightMatrix aroundFourMeans() {
    float[] weights = new float[64];
    float[] means = {3, 3, -5, 7};
    for (int i = 0; i < weights.length; i++) {
      weights[i] = means[i / 16] + (i % 2 == 0 ? 1 : -1);
    }
    return Matrices.of(2, 32, weights);
  }

  private static NaturalPlane offsets(QuantizedWeights weights) {
    int last = weights.planes().size() - 1;
    return new NaturalPlane(weights.format().planes().get(last), weights.n(), weights.k(), weights.planes().get(last));
  }

  private static double[] row(QuantizedWeights weights, int row) {
    double[] numbers = new double[weights.k()];
    new Dequantizer(weights).row(row, numbers);
    return numbers;
  }

  @Test
  void offsetsOfGroupsOfTheirOwnAreTheMeansOfThese() {
    WeightMatrix matrix = aroundFourMeans();
    FormatInfo format = Formats.binary(1, Formats.scale(F16, ROW), Formats.offset(F16, Formats.groupsOf(16)));
    for (Quantizer quantizer : QUANTIZERS) {
      QuantizedWeights weights = quantizer.quantize(format, matrix);
      NaturalPlane offsets = offsets(weights);
      assertArrayEquals(new double[]{3, 3, -5, 7}, new double[]{offsets.value(0, 0), offsets.value(0, 1),
          offsets.value(1, 0), offsets.value(1, 1)}, quantizer.toString());
      assertEquals(0, QuantizationError.of(matrix, weights).maxAbsolute(), quantizer.toString());
    }
  }

  /** Taken off each row, 2 leaves 1 +- 1 in the first and -7 +- 1 and 5 +- 1 in the second. */
  @Test
  void anOffsetOfTheTensorIsTheMeanOfAllWeights() {
    FormatInfo format = Formats.binary(1, Formats.scale(F16, ROW), Formats.offset(F16, new Grouping.Tensor()));
    for (Quantizer quantizer : QUANTIZERS) {
      QuantizedWeights weights = quantizer.quantize(format, aroundFourMeans());
      assertEquals(2, offsets(weights).value(0, 0), quantizer.toString());
      double[] second = row(weights, 1);
      assertEquals(2 - 6, second[0], quantizer.toString());
      assertEquals(2 + 6, second[31], quantizer.toString());
    }
  }

  /**
   * Three weights of -1 and a 1 have the mean -0.5, but their middle 0 codes them exactly. As many of -1 and 1 with one 3 more
   * have the mean 1/3, which leaves 3.4 in squares; their middle 1 leaves 8.9.
   */
  @Test
  void greedyTakesTheMeanOrTheMiddleWhicheverEndsBetter() {
    FormatInfo format = Formats.binary(1, Formats.scale(F16, ROW), Formats.offset(F16, ROW));
    QuantizedWeights middle = new Greedy().quantize(format, Matrices.of(1, 4, -1, -1, -1, 1));
    assertArrayEquals(new double[]{-1, -1, -1, 1}, row(middle, 0));
    QuantizedWeights mean = new Greedy().quantize(format, Matrices.of(1, 9, -1, -1, -1, -1, 1, 1, 1, 1, 3));
    assertEquals(1 / 3.0, offsets(mean).value(0, 0), 1e-3);
  }

  @Test
  void formatsThatAreSymmetricConvertWithoutAnOffset() {
    WeightMatrix matrix = Matrices.random(new Random(1), 3, 48);
    for (FormatInfo from : List.of(Formats.of("bipolar", Tables.bipolar(3), Formats.scale(F16, ROW)),
        Formats.of("ternary", Tables.TERNARY, Formats.scale(F16, ROW)))) {
      QuantizedWeights weights = new Absmax().quantize(from, matrix);
      SignConversion.Converted converted = SignConversion.convert(weights,
          Formats.binary(3, Formats.scale(ParamType.Float.F32, ROW)), Arena.ofAuto());
      assertTrue(converted.exact(), from.name());
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(row(weights, i), row(converted.weights(), i), from.name());
      }
    }
  }

  @Test
  void conversionRefusesOffsetsThatServeOtherWeightsThanScales() {
    QuantizedWeights weights = new Absmax().quantize(
        Formats.of("int4", Tables.ints(4), Formats.scale(F16, ROW)), Matrices.random(new Random(2), 2, 32));
    for (Grouping other : List.of(new Grouping.Tensor(), Formats.groupsOf(16))) {
      FormatInfo to = Formats.binary(4, Formats.scale(F16, ROW), Formats.offset(F16, other));
      QuantizationException e = assertThrows(QuantizationException.class,
          () -> SignConversion.convert(weights, to, Arena.ofAuto()), other.toString());
      assertTrue(e.getMessage().contains("change inside the groups"), e.getMessage());
    }
  }
}
