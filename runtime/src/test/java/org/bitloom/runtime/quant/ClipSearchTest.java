package org.bitloom.runtime.quant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

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
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How near the search for scales and zero points comes to the best that a format can store. */
class ClipSearchTest {
  private static final Grouping ROW = new Grouping.Row();
  private static final int ROWS = 200;
  private static final int K = 24;

  private static NaturalPlane plane(QuantizedWeights weights, int index) {
    return new NaturalPlane(weights.format().planes().get(index), weights.n(), weights.k(),
        weights.planes().get(index));
  }

  /** The least squared error of {@code weights} under a scale and a zero point, every weight at its nearest value. */
  private static double squaredError(double[] weights, double scale, double zero, DecodeTable table) {
    double sum = 0;
    for (double weight : weights) {
      double nearest = Double.POSITIVE_INFINITY;
      for (float value : table.toArray()) {
        nearest = Math.min(nearest, Math.abs(scale * (value - zero) - weight));
      }
      sum += nearest * nearest;
    }
    return sum;
  }

  /** One weight in 256 is four times as large as the others: to serve it would make all others wrong. */
  @Test
  void clipsAnOutlierWhereThatIsBetter() {
    float[] weights = new float[256];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i % 2 == 0 ? 1 : -1;
    }
    weights[0] = 4;
    WeightMatrix matrix = Matrices.of(1, 256, weights);
    QuantizedWeights clipped = new ClipSearch().quantize(
        Formats.of("sign", Tables.bipolar(1), Formats.scale(ParamType.Float.F32, ROW)), matrix);
    double norm = Math.sqrt(255 + 16);
    double best = Math.sqrt(255 + 16 - 259 * 259 / 256.0) / norm;
    double found = QuantizationError.of(matrix, clipped).relative();
    assertTrue(found >= best * (1 - 1e-12) && found <= best * 1.01, found + ", the mean magnitude gives " + best);
  }

  /**
   * All scales of these types can be tried.
   */
  @ParameterizedTest
  @EnumSource(value = ParamType.Float.class, names = {"E4M3", "E8M0"})
  void comesNearTheBestOfAllScalesThatCanBeStored(ParamType.Float type) {
    List<Double> scales = new ArrayList<>();
    for (int raw = 0; raw < 256; raw++) {
      double scale = type.value(raw);
      if (scale > 0 && Double.isFinite(scale)) {
        scales.add(scale);
      }
    }
    WeightMatrix matrix = Matrices.random(new Random(4), ROWS, K);
    for (DecodeTable table : List.of(Tables.E2M1, Tables.ints(3), Tables.NF4)) {
      FormatInfo format = Formats.of("format", table, Formats.scale(type, ROW));
      QuantizedWeights weights = new ClipSearch().quantize(format, matrix);
      double found = 0;
      double best = 0;
      double[] row = new double[K];
      for (int i = 0; i < ROWS; i++) {
        matrix.row(i, row);
        double energy = Arrays.stream(row).map(weight -> weight * weight).sum() + Double.MIN_NORMAL;
        found += squaredError(row, plane(weights, 0).value(i, 0), 0, table) / energy;
        best += scales.stream().mapToDouble(scale -> squaredError(row, scale, 0, table)).min().orElseThrow() / energy;
      }
      assertTrue(found <= best * 1.03, found + " of " + best + ", " + format);
    }
  }

  @Test
  void noNeighbouringZeroPointIsBetter() {
    WeightMatrix matrix = Matrices.random(new Random(5), ROWS, K);
    for (int bits : new int[]{1, 2, 4}) {
      ParamType zeroType = new ParamType.Int(bits, ParamType.Int.Sign.UNSIGNED);
      QuantizedWeights weights = new ClipSearch().quantize(Formats.of("uint", Tables.uints(bits),
          Formats.scale(ParamType.Float.F16, ROW), Formats.zero(zeroType, ROW)), matrix);
      double[] row = new double[K];
      for (int i = 0; i < ROWS; i++) {
        matrix.row(i, row);
        double scale = plane(weights, 0).value(i, 0);
        int zero = plane(weights, 1).raw(i, 0);
        double own = squaredError(row, scale, zero, Tables.uints(bits));
        for (int other = Math.max(0, zero - 1); other <= Math.min((1 << bits) - 1, zero + 1); other++) {
          double error = squaredError(row, scale, other, Tables.uints(bits));
          assertTrue(error >= own * (1 - 1e-9), "row " + i + ": zero " + other + " instead of " + zero);
        }
      }
    }
  }

  /** The largest group needs 1344 / 6, which is 448, the largest e4m3, times 0.5. */
  @Test
  void aCoarseScaleOfARowServesItsLargestGroup() {
    FormatInfo format = Formats.of("two", Tables.E2M1, Formats.scale(ParamType.Float.E4M3, Formats.groupsOf(16)),
        Formats.scale(ParamType.Float.F32, ROW));
    float[] numbers = new float[64];
    numbers[0] = 1344;
    numbers[16] = -3;
    numbers[32] = 3;
    numbers[48] = -2688;
    WeightMatrix matrix = Matrices.of(2, 32, numbers);
    for (Quantizer quantizer : List.of(new Absmax(), new ClipSearch())) {
      QuantizedWeights weights = quantizer.quantize(format, matrix);
      assertEquals(0.5, plane(weights, 1).value(0, 0), quantizer.toString());
      assertEquals(1, plane(weights, 1).value(1, 0), quantizer.toString());
      assertEquals(0, QuantizationError.of(matrix, weights).maxAbsolute(), quantizer.toString());
    }
  }
}
