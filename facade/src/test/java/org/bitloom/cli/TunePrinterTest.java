package org.bitloom.cli;

import java.util.List;

import org.bitloom.job.UntunedCheck;
import org.bitloom.runtime.api.Problem;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TunePrinterTest {
  private static UntunedCheck.Outcome outcome(int m, double first, double untuned) {
    return new UntunedCheck.Outcome("fp6", new Problem(8192, 4096, m), "a", "tuned", 10, "b", first, "c", untuned);
  }

  @Test
  void summarizesWhatUntunedSchedulesCost() {
    String summary = TunePrinter.summary(List.of(outcome(1, 10, 10.5), outcome(64, 12, 11), outcome(64, 11, 10)));
    assertEquals(
        """
            first choice: mean +10.0%, worst +20.0%, 2 of 3 within 15%; by batch (mean, worst): m=1 +0.0%, +0.0%; m=64 +15.0%, +20.0%
            with winners of other shapes: mean +5.0%, worst +10.0%, 3 of 3 within 15%; by batch (mean, worst): m=1 +5.0%, +5.0%; m=64 +5.0%, +10.0%""",
        summary);
    String line = TunePrinter.text(outcome(64, 12, 11));
    assertTrue(line.contains("8192x4096") && line.contains("+20.0%") && line.endsWith("a (tuned), b, c"), line);
  }
}
