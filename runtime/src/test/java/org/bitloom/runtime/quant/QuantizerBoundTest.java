package org.bitloom.runtime.quant;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.fixture.Tables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Errors that quantizers must reach whatever others do: from theory, or from trying everything. */
class QuantizerBoundTest {
  private static final ParamType.Float F32 = ParamType.Float.F32;
  private static final Grouping ROW = new Grouping.Row();
  private static final int NORMAL = 1 << 15;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  static LongStream seeds() {
    return new Random().longs(60);
  }

  /** One row, distributed like normal numbers and more evenly than random ones: Box and Muller's transform of a lattice. */
  private static WeightMatrix normal() {
    float[] weights = new float[NORMAL];
    for (int i = 0; i < NORMAL; i++) {
      weights[i] = (float) (Math.sqrt(-2 * Math.log((i + 0.5) / NORMAL)) * Math.cos(2 * Math.PI * GOLDEN * i));
    }
    return Matrices.of(1, NORMAL, weights);
  }

  private static double meanSquare(Quantizer quantizer, FormatInfo format, WeightMatrix matrix) {
    return Math.pow(QuantizationError.of(matrix, quantizer.quantize(format, matrix)).relative(), 2);
  }

  /** The least errors of 2^b evenly spaced levels for normal weights: J. Max, Quantizing for minimum distortion, 1960, table 2. */
  @ParameterizedTest
  @CsvSource({"1, 0.3634", "2, 0.1188", "3, 0.03744", "4, 0.01154", "5, 0.003495"})
  void clipSearchReachesTheBestEvenLevelsForNormalWeights(int bits, double best) {
    FormatInfo format = Formats.of("bipolar", Tables.bipolar(bits), Formats.scale(F32, ROW));
    assertEquals(best, meanSquare(new ClipSearch(), format, normal()), 0.02 * best);
  }

  /**
   * The least errors of any 2 and any 4 levels are 0.3634 and 0.1175 (Max, table 1). Of any 8 it is 0.03454; of sums of three
   * signs 0.03527, those of 0.9883, 0.7482 and 0.4510.
   */
  @ParameterizedTest
  @CsvSource({"1, 0.3634", "2, 0.1175", "3, 0.03527"})
  void alternatingReachesTheBestLevelsForNormalWeights(int planes, double best) {
    WeightMatrix matrix = normal();
    assertEquals(best, meanSquare(new Alternating(), Formats.binary(planes, Formats.scale(F32, ROW)), matrix),
        0.01 * best);
    assertEquals(best, meanSquare(new Alternating(),
        Formats.binary(planes, Formats.scale(F32, ROW), Formats.offset(F32, ROW)), matrix), 0.01 * best);
  }

  /** The mean magnitude of normal weights is sqrt(2 / pi): one plane leaves 1 - 2 / pi, and each further plane the same of a rest. */
  @Test
  void greedyLeavesOfEveryPlaneTheRestLessItsMeanMagnitudeSquared() {
    WeightMatrix matrix = normal();
    assertEquals(1 - 2 / Math.PI,
        meanSquare(new Greedy(), Formats.binary(1, Formats.scale(F32, ROW)), matrix), 0.005);
    double[] rest = new double[matrix.k()];
    matrix.row(0, rest);
    double whole = Arrays.stream(rest).map(r -> r * r).sum();
    for (int planes = 1; planes <= 4; planes++) {
      double mean = Arrays.stream(rest).map(Math::abs).sum() / rest.length;
      for (int i = 0; i < rest.length; i++) {
        rest[i] = Math.abs(rest[i]) - mean;
      }
      double left = Arrays.stream(rest).map(r -> r * r).sum() / whole;
      double found = meanSquare(new Greedy(), Formats.binary(planes, Formats.scale(F32, ROW)), matrix);
      assertEquals(left, found, 1e-5 * left, planes + " planes");
    }
  }

  /** A plane and an offset are any two levels: the best two are the means of the lower and the upper part of some split. */
  @Test
  void alternatingComesNearTheBestTwoLevelsOfSmallGroups() {
    Random random = new Random(6);
    double found = 0;
    double best = 0;
    for (int group = 0; group < 300; group++) {
      float[] weights = new float[2 + random.nextInt(60)];
      double energy = 0;
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) (random.nextInt(2) * 2 + random.nextGaussian());
        energy += weights[i] * weights[i];
      }
      FormatInfo format = Formats.binary(1, Formats.scale(F32, ROW), Formats.offset(F32, ROW));
      double own = energy * meanSquare(new Alternating(), format, Matrices.of(1, weights.length, weights));
      double least = bestOfAllSplits(weights);
      assertTrue(own >= least * (1 - 1e-5) - 1e-9, "group " + group + ": " + own + " below " + least);
      found += own;
      best += least;
    }
    assertTrue(found <= best * 1.02, found + " of " + best);
  }

  private static double bestOfAllSplits(float[] weights) {
    float[] sorted = weights.clone();
    Arrays.sort(sorted);
    double best = Double.POSITIVE_INFINITY;
    for (int split = 1; split < sorted.length; split++) {
      best = Math.min(best, spread(sorted, 0, split) + spread(sorted, split, sorted.length));
    }
    return best;
  }

  private static double spread(float[] weights, int from, int to) {
    double mean = 0;
    for (int i = from; i < to; i++) {
      mean += weights[i] / (double) (to - from);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (weights[i] - mean) * (weights[i] - mean);
    }
    return sum;
  }

  /** Under a scale that reaches just to the extremes of a group no weight is further from a value than half the widest gap. */
  @ParameterizedTest
  @MethodSource("seeds")
  void absmaxIsOffByHalfTheWidestGapOfAGroupAtMost(long seed) {
    Random random = new Random(seed);
    DecodeTable table = List.of(Tables.ints(2 + random.nextInt(7)), Tables.bipolar(1 + random.nextInt(8)),
        Tables.E2M1, Tables.floats(3, 2), Tables.NF4, Tables.TERNARY).get(random.nextInt(6));
    int group = 16 << random.nextInt(3);
    ParamType.Float type = List.of(ParamType.Float.F16, ParamType.Float.BF16, F32).get(random.nextInt(3));
    WeightMatrix matrix = Matrices.random(random, 4, 100);
    QuantizedWeights weights = new Absmax()
        .quantize(Formats.of("format", table, Formats.scale(type, Formats.groupsOf(group))), matrix);
    double[] values = new double[table.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = table.value(i);
    }
    values = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    double gap = 0;
    for (int i = 1; i < values.length; i++) {
      gap = Math.max(gap, values[i] - values[i - 1]);
    }
    double[] before = new double[100];
    double[] after = new double[100];
    for (int row = 0; row < 4; row++) {
      matrix.row(row, before);
      new Dequantizer(weights).row(row, after);
      for (int from = 0; from < 100; from += group) {
        int to = Math.min(100, from + group);
        double scale = Math.max(Arrays.stream(before, from, to).max().orElseThrow() / values[values.length - 1],
            Arrays.stream(before, from, to).min().orElseThrow() / values[0]);
        double reach = scale * Math.max(values[values.length - 1], -values[0]);
        // the stored scale is off by 2^-9 of itself (bf16) or by half the smallest f16 at most
        double bound = scale * gap / 2 * (1 + 0x1p-8) + reach * 0x1p-8 + 0x1p-25 * 256;
        for (int i = from; i < to; i++) {
          int column = i;
          double off = Math.abs(after[i] - before[i]);
          assertTrue(off <= bound, () -> "seed " + seed + ", " + table + ": [" + column + "] is off by " + off
              + ", not " + bound);
        }
      }
    }
  }

  /**
   * Values that may be moved along the axis span minimum to maximum in even steps, so that no weight is further from one than half
   * a step; to integer zero points, which reach to zero, rounding may add half a step more.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void absmaxWithAZeroPointOrAnOffsetIsOffByAStepAtMost(long seed) {
    Random random = new Random(seed);
    int bits = 1 + random.nextInt(8);
    Grouping groups = Formats.groupsOf(32);
    boolean integer = random.nextBoolean();
    ParamPlane shift = integer
        ? Formats.zero(new ParamType.Int(bits, ParamType.Int.Sign.UNSIGNED), groups)
        : random.nextBoolean() ? Formats.zero(F32, groups) : Formats.offset(F32, groups);
    WeightMatrix matrix = Matrices.random(random, 4, 96);
    QuantizedWeights weights = new Absmax()
        .quantize(Formats.of("uint", Tables.uints(bits), Formats.scale(F32, groups), shift), matrix);
    double[] before = new double[96];
    double[] after = new double[96];
    for (int row = 0; row < 4; row++) {
      matrix.row(row, before);
      new Dequantizer(weights).row(row, after);
      for (int from = 0; from < 96; from += 32) {
        double[] group = Arrays.copyOfRange(before, from, from + 32);
        double max = Arrays.stream(group).max().orElseThrow();
        double min = Arrays.stream(group).min().orElseThrow();
        boolean toZero = integer || max == min;
        double step = toZero
            ? (Math.max(max, 0) - Math.min(min, 0)) / ((1 << bits) - 1)
            : (max - min) / ((1 << bits) - 1);
        double bound = step * (integer ? 1 : 0.5) * (1 + 1e-5) + 1e-6 * Math.max(max, -min) + Float.MIN_VALUE;
        for (int i = from; i < from + 32; i++) {
          assertTrue(Math.abs(after[i] - before[i]) <= bound, "seed " + seed + ", " + shift + ", " + bits + " bits: "
              + after[i] + " for " + before[i] + ", step " + step);
        }
      }
    }
  }
}
