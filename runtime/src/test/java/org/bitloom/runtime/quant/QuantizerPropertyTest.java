package org.bitloom.runtime.quant;

import java.util.Random;
import java.util.stream.LongStream;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.parallel.ParallelRows;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Laws that hold for every format; the seed of a failing case is its display name. */
class QuantizerPropertyTest {
  static LongStream seeds() {
    return new Random().longs(150);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyCodeIsTheNearestAndSearchIsNeverWorseAndThreadsDoNotMatter(long seed) {
    Random random = new Random(seed);
    FormatInfo format = Formats.random(random);
    WeightMatrix matrix = Matrices.random(random, 1 + random.nextInt(20), 1 + random.nextInt(150));
    String what = "seed " + seed + ", " + format;

    QuantizedWeights plain = new Absmax().quantize(format, matrix);
    QuantizedWeights searched = new ClipSearch(new ParallelRows(3)).quantize(format, matrix);
    requireNearest(matrix, plain, what);
    requireNearest(matrix, searched, what);

    double plainError = QuantizationError.of(matrix, plain).relative();
    double searchedError = QuantizationError.of(matrix, searched).relative();
    assertTrue(searchedError <= plainError * (1 + 1e-12), () -> searchedError + " > " + plainError + ", " + what);

    requireEqual(searched, new ClipSearch(new ParallelRows(1)).quantize(format, matrix), what);
    requireEqual(plain, new Absmax(new ParallelRows(5)).quantize(format, matrix), what);
  }

  private static void requireNearest(WeightMatrix matrix, QuantizedWeights quantized, String what) {
    FormatPlanes planes = FormatPlanes.of(quantized);
    double[] weights = new double[matrix.k()];
    double[] decoded = new double[matrix.k()];
    for (int row = 0; row < matrix.n(); row++) {
      matrix.row(row, weights);
      new Dequantizer(quantized).row(row, decoded);
      for (int i = 0; i < weights.length; i++) {
        Affine map = planes.affine(row, i);
        assertTrue(map.scale() > 0 && Double.isFinite(map.scale()), what);
        double best = Double.POSITIVE_INFINITY;
        for (float value : quantized.format().table().toArray()) {
          double distance = Math.abs(map.scale() * (value - map.zero()) + map.offset() - weights[i]);
          best = distance < best ? distance : best;
        }
        double rounding = 1e-13 * (Math.abs(weights[i]) + Math.abs(map.scale() * map.zero()) + Math.abs(map.offset()));
        assertEquals(best, Math.abs(decoded[i] - weights[i]), rounding, what);
      }
    }
  }

  private static void requireEqual(QuantizedWeights a, QuantizedWeights b, String what) {
    assertEquals(-1, a.codes().mismatch(b.codes()), what);
    for (int i = 0; i < a.planes().size(); i++) {
      assertEquals(-1, a.planes().get(i).mismatch(b.planes().get(i)), what);
    }
  }
}
