package org.bitloom.cli;

import java.util.List;
import java.util.OptionalDouble;

import org.bitloom.job.QuantizedRow;
import org.bitloom.runtime.api.ActivationCode;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class QuantizedTableTest {
  private static QuantizedRow row(int bits, int m, double us, OptionalDouble int8) {
    return new QuantizedRow("w" + bits + "_bipolar", "linear", bits,
        new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2), "plane-wgmma", 4096, 4096, m, us, us + 2, 2, 3, 1,
        OptionalDouble.of(20), int8, 1000, 500, "schedule", "");
  }

  @Test
  void showsTheFastestRowOfEachProductAndKernel() {
    List<String> lines = QuantizedTable
        .of(List.of(row(2, 16, 8, OptionalDouble.of(16)), row(2, 16, 6, OptionalDouble.empty()),
            row(1, 16, 4, OptionalDouble.of(16)), row(2, 1, 5, OptionalDouble.empty())))
        .lines().toList();
    assertEquals(5, lines.size());
    assertEquals(
        "| W1A2 w1_bipolar x bipolar 2 | 4096x4096 | 16 | 4.00 | 134 | 0.75 | 4.00 | 5.00 | 6.00 | 3.33 | 2.00 | 0.50 |",
        lines.get(2));
    assertTrue(lines.get(3).startsWith("| W2A2 w2_bipolar x bipolar 2 | 4096x4096 | 16 | 6.00 | 89 | 0.50 | - |"),
        lines.get(3));
    assertTrue(lines.get(4).contains("| 1 | 5.00 |"), lines.get(4));
    assertTrue(lines.stream().allMatch(line -> line.chars().filter(c -> c == '|').count() == 13), lines::toString);
  }
}
