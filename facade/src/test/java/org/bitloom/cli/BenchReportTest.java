package org.bitloom.cli;

import java.io.BufferedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

import org.bitloom.job.BenchRow;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

class BenchReportTest {
  private static final BenchRow ROW = new BenchRow("fp6", OptionalInt.empty(), Set.of(), "family", 8192, 4096, 1, 12, 8,
      OptionalDouble.of(40), 1000, "schedule", "");

  @Test
  void leavesEachRowInTheFileAsSoonAsItIsMeasured() {
    StringWriter file = new StringWriter();
    PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
    new BenchReport(BenchReport.Style.TEXT, new BenchReport.Shown.Best(1), nowhere, nowhere,
        new PrintWriter(new BufferedWriter(file))).row(ROW);
    assertTrue(file.toString().contains("\"format\": \"fp6\""), file::toString);
  }
}
