package org.bitloom.runtime.quant;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.fixture.Tables;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.bitloom.runtime.fixture.Formats.groupsOf;
import static org.bitloom.runtime.fixture.Formats.offset;
import static org.bitloom.runtime.fixture.Formats.scale;
import static org.bitloom.runtime.fixture.Formats.zero;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class QuantizerTest {
  private static final FormatInfo INT4_ROW = Formats.of("int4", Tables.ints(4),
      scale(ParamType.Float.F32, new Grouping.Row()));

  private static NaturalPlane plane(QuantizedWeights weights, int index) {
    return new NaturalPlane(weights.format().planes().get(index), weights.n(), weights.k(),
        weights.planes().get(index));
  }

  private static double[] row(QuantizedWeights weights, int row) {
    double[] values = new double[weights.k()];
    new Dequantizer(weights).row(row, values);
    return values;
  }

  private static float[] padded(int length, float... head) {
    return Arrays.copyOf(head, length);
  }

  @Test
  void mxfp4TakesTheExponentOfTheOcpRule() {
    // amax 5: floor(log2 5) - 2 = 0, so the scale is 1 and 2.5 is a tie between 2 and 3
    float[] group = padded(32, 5, -2.5f, 0.2f, 0.3f, -1.6f);
    QuantizedWeights weights = new Absmax().quantize(Formats.mxfp4(), Matrices.of(1, 32, group));
    assertEquals(127, plane(weights, 0).raw(0, 0));
    assertArrayEquals(new double[]{4, -2, 0, 0.5, -1.5}, Arrays.copyOf(row(weights, 0), 5));
    // amax 7.9 keeps the exponent and saturates to 6
    weights = new Absmax().quantize(Formats.mxfp4(), Matrices.of(1, 32, padded(32, 7.9f)));
    assertEquals(127, plane(weights, 0).raw(0, 0));
    assertEquals(6, row(weights, 0)[0]);
    // amax 8 takes the next
    weights = new Absmax().quantize(Formats.mxfp4(), Matrices.of(1, 32, padded(32, 8f)));
    assertEquals(128, plane(weights, 0).raw(0, 0));
    assertEquals(8, row(weights, 0)[0]);
  }

  @Test
  void clipSearchMovesAPowerOfTwoScaleWhereThatIsBetter() {
    float[] group = padded(32, 7.9f, 7.8f, 7.7f);
    QuantizedWeights weights = new ClipSearch().quantize(Formats.mxfp4(), Matrices.of(1, 32, group));
    assertEquals(128, plane(weights, 0).raw(0, 0));
    assertArrayEquals(new double[]{8, 8, 8}, Arrays.copyOf(row(weights, 0), 3));
  }

  @Test
  void nvfp4HasAnE4m3ScalePer16InsideAnF32Scale() {
    // largest group: 6 * 448 * 0.5, so the tensor scale is 0.5; the second group needs 3 / 6 / 0.5 = 1
    float[] weightsIn = new float[32];
    weightsIn[0] = 1344;
    weightsIn[16] = -3;
    weightsIn[17] = 1.25f;
    QuantizedWeights weights = new Absmax().quantize(Formats.nvfp4(), Matrices.of(1, 32, weightsIn));
    assertEquals(Float.floatToRawIntBits(0.5f), plane(weights, 1).raw(0, 0));
    assertEquals(0x7e, plane(weights, 0).raw(0, 0));
    assertEquals(0x38, plane(weights, 0).raw(0, 1));
    double[] out = row(weights, 0);
    assertEquals(1344, out[0]);
    assertEquals(-3, out[16]);
    // 1.25 / 0.5 = 2.5 is a tie between 2 and 3: the even significand is 2
    assertEquals(1, out[17]);
  }

  @Test
  void nvfp4RoundsGroupScalesBeforeItChoosesCodes() {
    // the group needs 6.6 / 6 / 0.5 = 2.2; e4m3 has 2.25 (steps of 1/4): 6.6 / 1.125 = 5.87 -> 6
    float[] weightsIn = new float[32];
    weightsIn[0] = 1344;
    weightsIn[16] = 6.6f;
    weightsIn[17] = 2.7f;
    QuantizedWeights weights = new Absmax().quantize(Formats.nvfp4(), Matrices.of(1, 32, weightsIn));
    assertEquals(2.25, plane(weights, 0).value(0, 1));
    assertEquals(6 * 1.125, row(weights, 0)[16]);
    // 2.7 / 1.125 = 2.4 -> 2
    assertEquals(2 * 1.125, row(weights, 0)[17]);
  }

  @Test
  void absmaxUsesTheLowestIntegerForANegativeExtreme() {
    assertEquals(1f, plane(new Absmax().quantize(INT4_ROW, Matrices.of(1, 2, -8, 3)), 0).value(0, 0));
    assertEquals(1f, plane(new Absmax().quantize(INT4_ROW, Matrices.of(1, 2, 7, -7.5f)), 0).value(0, 0));
  }

  @Test
  void integerZeroPointsCoverMinimumToMaximum() {
    QuantizedWeights weights = new Absmax().quantize(Formats.uint4Zero(4), Matrices.of(1, 4, -0.5f, 0, 1, 0.25f));
    assertEquals((double) Float.float16ToFloat(Float.floatToFloat16(0.1f)), plane(weights, 0).value(0, 0));
    assertEquals(5, plane(weights, 1).raw(0, 0));
    assertEquals(0, row(weights, 0)[1]);
  }

  @Test
  void integerZeroPointsStayInTheirTypeForOneSidedGroups() {
    QuantizedWeights weights = new Absmax().quantize(Formats.uint4Zero(4), Matrices.of(1, 4, 15, 14, 15, 14));
    assertEquals(0, plane(weights, 1).raw(0, 0));
    assertArrayEquals(new double[]{15, 14, 15, 14}, row(weights, 0));
    weights = new Absmax().quantize(Formats.uint4Zero(4), Matrices.of(1, 4, -15, -14, -15, -14));
    assertEquals(15, plane(weights, 1).raw(0, 0));
    assertArrayEquals(new double[]{-15, -14, -15, -14}, row(weights, 0));
  }

  @Test
  void floatZeroPointsNeedNotReachToZero() {
    FormatInfo format = Formats.of("hqq", Tables.uints(2), scale(ParamType.Float.F32, groupsOf(4)),
        zero(ParamType.Float.F32, groupsOf(4)));
    QuantizedWeights weights = new Absmax().quantize(format, Matrices.of(1, 4, 5, 6, 7, 8));
    assertArrayEquals(new double[]{5, 6, 7, 8}, row(weights, 0), 1e-6);
  }

  @Test
  void offsetsSitInTheMiddle() {
    FormatInfo format = Formats.of("off", Tables.bipolar(1), scale(ParamType.Float.F16, groupsOf(4)),
        offset(ParamType.Float.F16, groupsOf(4)));
    QuantizedWeights weights = new Absmax().quantize(format, Matrices.of(1, 4, 2, 4, 2, 4));
    assertEquals(3, plane(weights, 1).value(0, 0));
    assertArrayEquals(new double[]{2, 4, 2, 4}, row(weights, 0));
  }

  @Test
  void zeroPointAndOffsetTogetherSubtractTheMiddleFirst() {
    FormatInfo format = Formats.of("both", Tables.uints(4), scale(ParamType.Float.F32, groupsOf(4)),
        zero(new ParamType.Int(4, ParamType.Int.Sign.UNSIGNED), groupsOf(4)),
        offset(ParamType.Float.F16, new Grouping.Tensor()));
    QuantizedWeights weights = new Absmax().quantize(format, Matrices.of(1, 4, 100, 107, 115, 101));
    assertEquals(107.5, plane(weights, 2).value(0, 0));
    assertArrayEquals(new double[]{100, 107, 115, 101}, row(weights, 0), 0.51);
  }

  @Test
  void groupsOfZerosGiveZerosUnderScaleOne() {
    for (Quantizer quantizer : new Quantizer[]{new Absmax(), new ClipSearch()}) {
      for (FormatInfo format : new FormatInfo[]{INT4_ROW, Formats.mxfp4(), Formats.nvfp4(), Formats.uint4Zero(32)}) {
        QuantizedWeights weights = quantizer.quantize(format, Matrices.of(2, 32, new float[64]));
        assertEquals(1, plane(weights, 0).value(1, 0), format.name());
        assertArrayEquals(new double[32], row(weights, 1), format.name());
      }
    }
  }

  @Test
  void groupsOfZerosAreAlmostZeroWhereTheFormatHasNoZero() {
    FormatInfo format = Formats.of("bipolar", Tables.bipolar(2), scale(ParamType.Float.F16, new Grouping.Row()));
    QuantizedWeights weights = new Absmax().quantize(format, Matrices.of(1, 2, 0, 0));
    assertEquals(0x1p-24, plane(weights, 0).value(0, 0));
  }

  @Test
  void scalesThatWouldUnderflowOrOverflowTakeTheNearestUsable() {
    FormatInfo half = Formats.of("half", Tables.ints(4), scale(ParamType.Float.F16, new Grouping.Row()));
    QuantizedWeights weights = new Absmax().quantize(half, Matrices.of(2, 1, 1e-30f, 3e38f));
    assertEquals(0x1p-24, plane(weights, 0).value(0, 0));
    assertEquals(65504, plane(weights, 0).value(1, 0));
    assertEquals(7 * 65504.0, row(weights, 1)[0]);
    weights = new Absmax().quantize(Formats.mxfp4(), Matrices.of(2, 1, Float.MIN_VALUE, Float.MAX_VALUE));
    assertEquals(0x1p-127, plane(weights, 0).value(0, 0));
    assertEquals(0x1p125, plane(weights, 0).value(1, 0));
  }

  @Test
  void perTensorScaleServesAllRows() {
    FormatInfo format = Formats.of("tensor", Tables.ints(8), scale(ParamType.Float.F32, new Grouping.Tensor()));
    QuantizedWeights weights = new Absmax().quantize(format, Matrices.of(2, 2, 1, 2, -128, 64));
    assertEquals(1, plane(weights, 0).value(0, 0));
    assertArrayEquals(new double[]{1, 2}, row(weights, 0));
    assertArrayEquals(new double[]{-128, 64}, row(weights, 1));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void namesThePlaceOfAWeightThatIsNoNumber(float bad) {
    float[] values = new float[300 * 40];
    values[7 * 40 + 33] = bad;
    values[250 * 40 + 1] = bad;
    for (FormatInfo format : new FormatInfo[]{INT4_ROW, Formats.nvfp4()}) {
      for (Quantizer quantizer : new Quantizer[]{new Absmax(), new ClipSearch()}) {
        QuantizationException e = assertThrows(QuantizationException.class,
            () -> quantizer.quantize(format, Matrices.of(300, 40, values)));
        assertTrue(e.getMessage().contains("[row 7, column 33] is " + bad), e.getMessage());
      }
    }
  }

  @Test
  void formatsWithoutValuesOfTheirOwnAreRefused() {
    FormatInfo binary = Formats.of("bcq", DecodeTable.of(Float.NaN, Float.NaN),
        scale(ParamType.Float.F16, new Grouping.Row()));
    assertThrows(QuantizationException.class, () -> new Absmax().quantize(binary, Matrices.of(1, 1, 1)));
  }

  @Test
  void groupsThatDoNotNestAreRefused() {
    FormatInfo format = Formats.of("odd", Tables.uints(4), scale(ParamType.Float.F16, groupsOf(32)),
        zero(ParamType.Float.F16, groupsOf(48)));
    QuantizationException e = assertThrows(QuantizationException.class,
        () -> new Absmax().quantize(format, Matrices.of(1, 1, 1)));
    assertTrue(e.getMessage().contains("do not nest"), e.getMessage());
  }

  @Test
  void readsHalvesAndBrainFloats() {
    java.lang.foreign.MemorySegment halves = java.lang.foreign.Arena.ofAuto().allocateFrom(ValueLayout.JAVA_SHORT,
        Float.floatToFloat16(7), Float.floatToFloat16(-2));
    assertArrayEquals(new double[]{7, -2},
        row(new Absmax().quantize(INT4_ROW, new WeightMatrix(halves, ElementType.F16, 1, 2)), 0));
    java.lang.foreign.MemorySegment brains = java.lang.foreign.Arena.ofAuto().allocateFrom(ValueLayout.JAVA_SHORT,
        (short) 0x40e0, (short) 0xc000);
    assertArrayEquals(new double[]{7, -2},
        row(new Absmax().quantize(INT4_ROW, new WeightMatrix(brains, ElementType.BF16, 1, 2)), 0));
  }

  @Test
  void errorIsRelativeToTheNormOfTheOriginal() {
    QuantizedWeights weights = new Absmax().quantize(INT4_ROW, Matrices.of(1, 2, 7, 3.5f));
    QuantizationError error = QuantizationError.of(Matrices.of(1, 2, 7, 3.5f), weights);
    assertEquals(0.5, error.maxAbsolute());
    assertEquals(0.5 / Math.sqrt(49 + 12.25), error.relative(), 1e-15);
  }
}
