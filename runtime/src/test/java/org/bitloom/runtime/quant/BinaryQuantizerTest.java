package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.ParamType.Int.Sign;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.fixture.Tables;
import org.bitloom.runtime.parallel.ParallelRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Greedy, alternating and exact conversion to binary-coded weights. */
class BinaryQuantizerTest {
  private static final ParamType.Float F16 = ParamType.Float.F16;

  static LongStream seeds() {
    return new Random().longs(15);
  }

  private static Grouping grouping(Random random) {
    return random.nextInt(3) == 0 ? new Grouping.Row() : Formats.groupsOf(16 * (1 + random.nextInt(3)));
  }

  private static FormatInfo random(Random random) {
    Grouping scales = grouping(random);
    int planes = 1 + random.nextInt(8);
    return switch (random.nextInt(4)) {
      case 0 -> Formats.binary(planes, Formats.scale(F16, scales));
      case 1 -> Formats.binary(planes, Formats.scale(F16, scales), Formats.offset(F16, grouping(random)));
      case 2 -> Formats.binary(planes, Formats.scale(F16, scales),
          Formats.offset(ParamType.Float.F32, new Grouping.Tensor()));
      default -> Formats.binary(planes, Formats.scale(ParamType.Float.BF16, scales), Formats.offset(F16, scales));
    };
  }

  private static double error(WeightMatrix matrix, QuantizedWeights weights) {
    return QuantizationError.of(matrix, weights).relative();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void alternatingIsNeverWorseThanGreedyAndReportsItsError(long seed) {
    Random random = new Random(seed);
    FormatInfo format = random(random);
    WeightMatrix matrix = Matrices.random(random, 1 + random.nextInt(20), 1 + random.nextInt(150));
    Alternating.Fitted fitted = new Alternating().fit(format, matrix, Arena.ofAuto());
    QuantizedWeights greedy = new Greedy().quantize(format, matrix);
    String what = "seed " + seed + ", " + format;
    assertTrue(error(matrix, fitted.weights()) <= error(matrix, greedy) * (1 + 1e-9), what);
    assertEquals(squaredError(matrix, fitted.weights()), fitted.squaredError(), 1e-6 * (1 + fitted.squaredError()),
        what);
  }

  private static double squaredError(WeightMatrix matrix, QuantizedWeights weights) {
    Dequantizer dequantizer = new Dequantizer(weights);
    double[] before = new double[matrix.k()];
    double[] after = new double[matrix.k()];
    double sum = 0;
    for (int row = 0; row < matrix.n(); row++) {
      matrix.row(row, before);
      dequantizer.row(row, after);
      for (int i = 0; i < before.length; i++) {
        sum += Math.pow(after[i] - before[i], 2);
      }
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void resultsDoNotDependOnThreads(long seed) {
    Random random = new Random(seed);
    FormatInfo format = random(random);
    WeightMatrix matrix = Matrices.random(random, 12, 1 + random.nextInt(300));
    for (List<Quantizer> pair : List.<List<Quantizer>>of(
        List.of(new Greedy(new ParallelRows(1)), new Greedy(new ParallelRows(5))),
        List.of(new Alternating(new ParallelRows(1)), new Alternating(new ParallelRows(5))))) {
      QuantizedWeights one = pair.getFirst().quantize(format, matrix);
      QuantizedWeights five = pair.getLast().quantize(format, matrix);
      assertEquals(-1, one.codes().mismatch(five.codes()), "seed " + seed);
      for (int i = 0; i < one.planes().size(); i++) {
        assertEquals(-1, one.planes().get(i).mismatch(five.planes().get(i)), "seed " + seed);
      }
    }
  }

  /** With an offset, sums of q signs hold every uniform grid of 2^q values. */
  @ParameterizedTest
  @MethodSource("seeds")
  void isNeverWorseThanUniformIntegersOfTheSameGroups(long seed) {
    Random random = new Random(seed);
    Grouping groups = grouping(random);
    int bits = 1 + random.nextInt(8);
    WeightMatrix matrix = Matrices.random(random, 1 + random.nextInt(10), 1 + random.nextInt(200));
    FormatInfo integers = Formats.of("int", Tables.ints(bits), Formats.scale(F16, groups));
    FormatInfo binary = Formats.binary(bits, Formats.scale(F16, groups), Formats.offset(F16, groups));
    double uniform = error(matrix, new ClipSearch().quantize(integers, matrix));
    double coded = error(matrix, new Alternating().quantize(binary, matrix));
    assertTrue(coded <= uniform * (1 + 1e-9), "seed " + seed + ", " + bits + " bits: " + coded + " > " + uniform);
  }

  /** Weights that are sums of well separated scaled signs come back as they are. */
  @ParameterizedTest
  @MethodSource("seeds")
  void greedyIsExactForOnePlaneAndAlternatingForUniformGrids(long seed) {
    Random random = new Random(seed);
    int bits = 1 + random.nextInt(4);
    int k = 128;
    float[] weights = new float[k];
    double step = Math.scalb(1 + random.nextInt(1024) / 1024.0, -random.nextInt(5));
    for (int i = 0; i < k; i++) {
      int code = i < 1 << bits ? i : random.nextInt(1 << bits);
      weights[i] = (float) (step * (code - (1 << (bits - 1))));
    }
    WeightMatrix matrix = Matrices.of(1, k, weights);
    FormatInfo format = Formats.binary(bits, Formats.scale(F16, new Grouping.Row()),
        Formats.offset(F16, new Grouping.Row()));
    assertEquals(0, error(matrix, new Alternating().quantize(format, matrix)), "seed " + seed + ", " + bits);
    float[] signs = new float[k];
    for (int i = 0; i < k; i++) {
      signs[i] = random.nextBoolean() ? (float) step : (float) -step;
    }
    WeightMatrix onePlane = Matrices.of(1, k, signs);
    FormatInfo one = Formats.binary(1, Formats.scale(F16, new Grouping.Row()));
    assertEquals(0, error(onePlane, new Greedy().quantize(one, onePlane)), "seed " + seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void firstPlanesAreACoarserVersion(long seed) {
    Random random = new Random(seed);
    Grouping groups = grouping(random);
    WeightMatrix matrix = Matrices.random(random, 5, 96);
    FormatInfo format = Formats.binary(4, Formats.scale(F16, groups), Formats.offset(F16, groups));
    QuantizedWeights weights = new Alternating().quantize(format, matrix);
    SignScales scales = SignScales.of(weights);
    double[] row = new double[96];
    for (int used = 1; used <= 4; used++) {
      Dequantizer dequantizer = new Dequantizer(weights, new SignPlanes(used));
      for (int i = 0; i < 5; i++) {
        dequantizer.row(i, row);
        for (int column = 0; column < 96; column++) {
          int code = weights.codes().get(ValueLayout.JAVA_BYTE, i * 96L + column);
          double expected = FormatPlanes.value(scales.offset().orElseThrow(), i, column);
          for (int plane = 0; plane < used; plane++) {
            expected += FormatPlanes.value(scales.scales().get(plane), i, column) * SignPlanes.sign(code, plane);
          }
          assertEquals(expected, row[column], 1e-12 * (1 + Math.abs(expected)), "seed " + seed + ", planes " + used);
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new Dequantizer(weights, new SignPlanes(5)));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void uniformAndTernaryFormatsConvertExactly(long seed) {
    Random random = new Random(seed);
    int bits = 1 + random.nextInt(8);
    Grouping fine = Formats.groupsOf(16);
    Grouping source = random.nextBoolean() ? fine : new Grouping.Row();
    WeightMatrix matrix = Matrices.random(random, 1 + random.nextInt(9), 16 * (1 + random.nextInt(6)));
    List<FormatInfo> sources = new ArrayList<>(List.of(
        Formats.of("int", Tables.ints(bits), Formats.scale(F16, source)),
        Formats.of("bipolar", Tables.bipolar(bits), Formats.scale(F16, source)),
        Formats.of("ternary", Tables.TERNARY, Formats.scale(F16, source)),
        Formats.of("uint", Tables.uints(bits), Formats.scale(F16, source),
            Formats.zero(new ParamType.Int(bits, Sign.UNSIGNED), source))));
    for (FormatInfo from : sources) {
      QuantizedWeights weights = new Absmax().quantize(from, matrix);
      FormatInfo to = Formats.binary(Math.min(8, from.codeBits() + random.nextInt(2)),
          Formats.scale(ParamType.Float.F32, fine), Formats.offset(ParamType.Float.F32, fine));
      SignConversion.Converted converted = SignConversion.convert(weights, to, Arena.ofAuto());
      String what = "seed " + seed + ", " + from;
      assertTrue(converted.exact(), what);
      assertArrayEquals(all(weights), all(converted.weights()), what);
      FormatInfo half = Formats.binary(from.codeBits(), Formats.scale(F16, fine), Formats.offset(F16, fine));
      SignConversion.Converted rounded = SignConversion.convert(weights, half, Arena.ofAuto());
      assertEquals(Arrays.equals(all(weights), all(rounded.weights())), rounded.exact(), what);
    }
  }

  /** With this seed the rounding of scales and of the offset cancels in every weight. */
  @Test
  void conversionIsExactWhereRoundedParametersStandForTheSameNumbers() {
    uniformAndTernaryFormatsConvertExactly(-72818179622015421L);
  }

  private static double[] all(QuantizedWeights weights) {
    Dequantizer dequantizer = new Dequantizer(weights);
    double[] all = new double[weights.n() * weights.k()];
    double[] row = new double[weights.k()];
    for (int i = 0; i < weights.n(); i++) {
      dequantizer.row(i, row);
      System.arraycopy(row, 0, all, i * weights.k(), weights.k());
    }
    return all;
  }

  @Test
  void conversionRefusesWhatSignsCannotSpell() {
    WeightMatrix matrix = Matrices.of(1, 32, new float[32]);
    FormatInfo row = Formats.binary(4, Formats.scale(F16, new Grouping.Row()), Formats.offset(F16, new Grouping.Row()));
    for (FormatInfo from : List.of(Formats.of("nf4", Tables.NF4, Formats.scale(F16, new Grouping.Row())),
        Formats.of("int5", Tables.ints(5), Formats.scale(F16, new Grouping.Row())),
        Formats.of("int4", Tables.ints(4), Formats.scale(F16, Formats.groupsOf(16))))) {
      QuantizedWeights weights = new Absmax().quantize(from, matrix);
      assertThrows(QuantizationException.class, () -> SignConversion.convert(weights, row, Arena.ofAuto()),
          from.name());
    }
    FormatInfo noOffset = Formats.binary(4, Formats.scale(F16, new Grouping.Row()));
    QuantizedWeights integers = new Absmax().quantize(
        Formats.of("int4", Tables.ints(4), Formats.scale(F16, new Grouping.Row())), matrix);
    assertThrows(QuantizationException.class, () -> SignConversion.convert(integers, noOffset, Arena.ofAuto()));
  }

  @Test
  void quantizersRefuseTheOtherKindOfElement() {
    WeightMatrix matrix = Matrices.of(1, 1, 1);
    FormatInfo binary = Formats.binary(2, Formats.scale(F16, new Grouping.Row()));
    FormatInfo table = Formats.of("int4", Tables.ints(4), Formats.scale(F16, new Grouping.Row()));
    for (Quantizer quantizer : List.of(new Absmax(), new ClipSearch())) {
      assertTrue(assertThrows(QuantizationException.class, () -> quantizer.quantize(binary, matrix)).getMessage()
          .contains("binary-coded"));
    }
    for (Quantizer quantizer : List.of(new Greedy(), new Alternating())) {
      assertThrows(QuantizationException.class, () -> quantizer.quantize(table, matrix));
    }
    assertEquals(new Alternating(), Quantizer.standard(binary));
    assertEquals(new Absmax(), Quantizer.standard(table));
  }

  @Test
  void weightsThatAreNoNumbersAreNamed() {
    FormatInfo binary = Formats.binary(2, Formats.scale(F16, new Grouping.Row()),
        Formats.offset(F16, new Grouping.Tensor()));
    WeightMatrix matrix = Matrices.of(2, 2, 1, 2, 3, Float.NaN);
    assertTrue(assertThrows(QuantizationException.class, () -> new Alternating().quantize(binary, matrix)).getMessage()
        .contains("[row 1, column 1]"));
  }

  @Test
  void formatsNeedAScalePlaneForEachSign() {
    ParamPlane scale = Formats.scale(F16, new Grouping.Row());
    assertFalse(Formats.binary(3, scale).planes().isEmpty());
    for (int wrong : new int[]{1, 2, 4}) {
      assertThrows(IllegalArgumentException.class,
          () -> new FormatInfo("b", "", 3, new SignPlanes(3), Collections.nCopies(wrong, scale)));
    }
  }
}
