package org.bitloom.runtime.quant;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;

import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignPlanes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SignFitTest {
  private static final Optional<ParamType> OFFSET = Optional.of(ParamType.Float.F16);

  static LongStream seeds() {
    return new Random().longs(60);
  }

  private static SignGroup.Types types(int planes, Optional<ParamType> offset) {
    return new SignGroup.Types(planes, ParamType.Float.F16, offset);
  }

  private static SignGroup.Types random(Random random) {
    return types(1 + random.nextInt(8), random.nextBoolean() ? OFFSET : Optional.empty());
  }

  /** Normal weights around some mean, some of them equal, some groups constant. */
  private static double[] weights(Random random) {
    double[] weights = new double[1 + random.nextInt(200)];
    double mean = random.nextInt(2) * random.nextGaussian();
    double size = Math.pow(2, random.nextInt(-6, 3));
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(10) == 0 ? mean : mean + size * random.nextGaussian();
    }
    if (random.nextInt(8) == 0) {
      Arrays.fill(weights, mean);
    }
    return weights;
  }

  /** The error, from the levels of the codes. */
  private static double error(SignFit.Coding coding, double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double level = coding.group().offset();
      for (int plane = 0; plane < coding.group().scales().length; plane++) {
        level += coding.group().scales()[plane] * SignPlanes.sign(coding.codes()[i] & 0xff, plane);
      }
      sum += (level - weights[i]) * (level - weights[i]);
    }
    return sum;
  }

  private static void check(SignFit.Coding coding, double[] weights, String what) {
    assertEquals(error(coding, weights), coding.squaredError(), 1e-9 * (1 + coding.squaredError()), what);
    double[] scales = coding.group().scales();
    for (int i = 0; i < scales.length; i++) {
      assertTrue(scales[i] >= 0 && (i == 0 || scales[i] <= scales[i - 1]), what + " " + Arrays.toString(scales));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void reportedErrorsAreThoseOfTheStoredScalesAndScalesFall(long seed) {
    Random random = new Random(seed);
    SignGroup.Types types = random(random);
    double[] weights = weights(random);
    String what = "seed " + seed + ", " + types;
    SignFit fit = new SignFit(types);
    SignFit.Coding greedy = fit.greedy(weights);
    check(greedy, weights, what);
    check(fit.alternate(weights, greedy), weights, what);
    check(integers(types, fit, weights), weights, what);
    check(new GroupFit(types).code(weights), weights, what);
  }

  private static SignFit.Coding integers(SignGroup.Types types, SignFit fit, double[] weights) {
    return fit.nearest(weights, new UniformStart(types).integers(weights, new SortedWeights(weights, 0), 0));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void errorNeverRisesBetweenRounds(long seed) {
    Random random = new Random(seed);
    SignGroup.Types types = random(random);
    double[] weights = weights(random);
    SignFit fit = new SignFit(types);
    for (SignFit.Coding start : new SignFit.Coding[]{fit.greedy(weights),
        integers(types, fit, weights)}) {
      double last = start.squaredError();
      for (SignFit.Coding round : GroupFit.rounds(fit, weights, start)) {
        assertTrue(round.squaredError() <= last, "seed " + seed + ", " + types + ": " + round.squaredError() + " after "
            + last);
        last = round.squaredError();
      }
    }
  }

  @Test
  void roundsGoOnUntilNoneImproves() {
    SignGroup.Types types = new SignGroup.Types(4, ParamType.Float.BF16, Optional.of(ParamType.Float.BF16));
    SignFit fit = new SignFit(types);
    int longest = 0;
    for (int seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      double[] weights = random.doubles(48).map(_ -> 1 + random.nextGaussian()).toArray();
      List<SignFit.Coding> rounds = GroupFit.rounds(fit, weights, fit.greedy(weights));
      longest = Math.max(longest, rounds.size());
      for (SignFit.Coding end : List.of(rounds.getLast(), new GroupFit(types).code(weights))) {
        assertTrue(fit.alternate(weights, end).squaredError() >= end.squaredError(), "seed " + seed);
      }
    }
    assertTrue(longest > 4, "at most " + longest + " rounds");
  }

  /** Without rounding, least squares for fixed signs cannot be beaten by any other scales and offset. */
  @ParameterizedTest
  @MethodSource("seeds")
  void leastSquaresSolvesTheNormalEquations(long seed) {
    Random random = new Random(seed);
    int planes = 1 + random.nextInt(4);
    SignGroup.Types types = new SignGroup.Types(planes, ParamType.Float.F32, Optional.of(ParamType.Float.F32));
    double[] weights = weights(random);
    SignFit fit = new SignFit(types);
    SignFit.Coding before = fit.greedy(weights);
    double[] counts = new double[1 << planes];
    double[] residuals = new double[1 << planes];
    double[] levels = before.group().levels();
    for (int i = 0; i < weights.length; i++) {
      counts[before.codes()[i]]++;
      residuals[before.codes()[i]] += weights[i] - levels[before.codes()[i]];
    }
    double[] change = new SignNormal(planes, true).solve(counts, residuals);
    double[] scales = before.group().scales().clone();
    for (int i = 0; i < planes; i++) {
      scales[i] += change[i];
    }
    double offset = before.group().offset() + change[planes];
    double best = error(weights, before.codes(), scales, offset);
    assertTrue(best <= before.squaredError() * (1 + 1e-9) + 1e-12, "seed " + seed);
    for (int i = 0; i <= planes; i++) {
      for (double step : new double[]{-1e-3, 1e-3}) {
        double[] moved = scales.clone();
        if (i < planes) {
          moved[i] += step;
        }
        double other = error(weights, before.codes(), moved, i < planes ? offset : offset + step);
        assertTrue(other >= best * (1 - 1e-9) - 1e-9, "seed " + seed + ", parameter " + i);
      }
    }
  }

  private static double error(double[] weights, byte[] codes, double[] scales, double offset) {
    double[] levels = SignScales.levels(scales, offset);
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += Math.pow(levels[codes[i]] - weights[i], 2);
    }
    return sum;
  }

  @Test
  void signOfZeroIsPlus() {
    SignFit fit = new SignFit(types(1, Optional.empty()));
    double[] weights = {1, 0, -1};
    assertArrayEquals(new byte[]{1, 1, 0}, fit.greedy(weights).codes());
    SignFit.Coding zeros = fit.greedy(new double[]{0, 0});
    assertArrayEquals(new byte[]{1, 1}, zeros.codes());
    assertEquals(0, zeros.group().scales()[0]);
    assertArrayEquals(new byte[]{1, 1, 0}, fit.nearest(weights, fit.greedy(weights).group()).codes());
    SignFit three = new SignFit(types(3, OFFSET));
    assertArrayEquals(new byte[]{7, 7}, three.nearest(new double[]{0, 0}, three.greedy(new double[]{0, 0}).group())
        .codes());
  }

  @Test
  void greedyIsThatOfTheBook() {
    SignFit.Coding coding = new SignFit(types(2, Optional.empty())).greedy(new double[]{3, 1, -1, -3});
    assertArrayEquals(new double[]{2, 1}, coding.group().scales());
    assertArrayEquals(new byte[]{3, 1, 2, 0}, coding.codes());
    assertEquals(0, coding.squaredError());
  }
}
