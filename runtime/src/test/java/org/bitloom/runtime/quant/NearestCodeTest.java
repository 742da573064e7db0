package org.bitloom.runtime.quant;

import java.util.Random;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Tables;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class NearestCodeTest {
  private static int code(DecodeTable table, double x) {
    NearestCode nearest = new NearestCode(table);
    return nearest.code(nearest.nearest(x)) & 0xff;
  }

  @Test
  void noOtherCodeIsNearer() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      DecodeTable table = Formats.random(random).table();
      for (int i = 0; i < 100; i++) {
        double x = random.nextGaussian() * Math.pow(2, random.nextInt(-4, 9));
        double best = Double.POSITIVE_INFINITY;
        for (int code = 0; code < table.size(); code++) {
          double distance = Math.abs(table.value(code) - x);
          best = distance < best ? distance : best;
        }
        int chosen = code(table, x);
        assertEquals(best, Math.abs(table.value(chosen) - x), () -> x + " in " + table + ", seed " + seed);
      }
    }
  }

  @Test
  void tiesOfFloatsGoToTheEvenSignificand() {
    // e2m1: 0 0.5 1 1.5 2 3 4 6
    assertEquals(0, code(Tables.E2M1, 0.25));
    assertEquals(2, code(Tables.E2M1, 0.75));
    assertEquals(2, code(Tables.E2M1, 1.25));
    assertEquals(4, code(Tables.E2M1, 2.5));
    assertEquals(6, code(Tables.E2M1, 5));
    assertEquals(8 + 6, code(Tables.E2M1, -5));
    assertEquals(0, code(Tables.E2M1, -0.25));
  }

  @Test
  void tiesOfIntegersGoToTheEvenInteger() {
    DecodeTable table = Tables.ints(4);
    assertEquals(2, table.value(code(table, 1.5)));
    assertEquals(2, table.value(code(table, 2.5)));
    assertEquals(-2, table.value(code(table, -1.5)));
    assertEquals(0, table.value(code(table, -0.5)));
    assertEquals(7, table.value(code(table, 100)));
    assertEquals(-8, table.value(code(table, -100)));
  }

  @Test
  void tiesOfUnorderedCodebooksGoToTheEvenElseTheLowerCode() {
    DecodeTable table = DecodeTable.of(9, 4, 0, 1);
    assertEquals(1, code(table, 2.5));
    assertEquals(3, code(table, Math.nextDown(2.5)));
    assertEquals(0, code(table, 6.5));
    assertEquals(2, code(table, 0.5));
  }

  @Test
  void zeroIsPositiveAndSpecialCodesAreNeverChosen() {
    DecodeTable table = Tables.e4m3();
    assertEquals(0, code(table, -0.0));
    assertEquals(0x7e, code(table, 1e9));
    assertEquals(0xfe, code(table, -1e9));
    assertEquals(2, code(Tables.TERNARY, 7));
  }

  @Test
  void tablesWithoutValuesAreRefused() {
    assertThrows(QuantizationException.class,
        () -> new NearestCode(DecodeTable.of(Float.NaN, Float.NaN, Float.NaN, Float.NaN)));
  }
}
