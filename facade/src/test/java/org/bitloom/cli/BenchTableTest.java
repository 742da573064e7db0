package org.bitloom.cli;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

import org.bitloom.job.BenchRow;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class BenchTableTest {
  private static BenchRow row(String format, int n, int m, double us, OptionalDouble cublas) {
    return new BenchRow(format, OptionalInt.empty(), Set.of(), "family", n, 4096, m, us, 8, cublas, 1000, "schedule",
        "");
  }

  @Test
  void showsTheFastestRowOfEachFormatShapeAndBatch() {
    assertEquals("""
        | format | batch | 8192x4096 | 4096x4096 |
        |---|---|---|---|
        | fp6 | 1 | 10.0 / 0.80 / 4.00 | - |
        | fp6 | 16 | - | - |
        | int4 | 1 | - | - |
        | int4 | 16 | - | 16.0 / 0.50 / - |
        """, BenchTable.of(List.of(row("fp6", 8192, 1, 12, OptionalDouble.of(40)),
        row("fp6", 8192, 1, 10, OptionalDouble.of(40)), row("int4", 4096, 16, 16, OptionalDouble.empty()))));
  }
}
