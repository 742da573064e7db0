package org.bitloom.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.bitloom.job.QuantizedRow;

/**
 * Measured kernels of quantized activations as a Markdown table: a line for each shape, batch and kernel, of the fastest row. The
 * product alone, of activations that are quantized already; the same from f16 activations; the quantizer alone.
 */
final class QuantizedTable {
  private static final String HEAD = """
      | kernel | n x k | m | GEMM us | effective T(OP)/s | read floor / time | x INT8 cuBLAS | x FP16 cuBLAS \
      | from f16 us | x FP16 cuBLAS | quantizer us | its floor / time |
      |---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  private QuantizedTable() {
  }

  private record Product(int n, int k, int m) {
    static Product of(QuantizedRow row) {
      return new Product(row.n(), row.k(), row.m());
    }
  }

  static String of(Collection<QuantizedRow> rows) {
    StringBuilder text = new StringBuilder(HEAD);
    List<String> labels = rows.stream().map(QuantizedRow::label).distinct().sorted().toList();
    for (Product product : rows.stream().map(Product::of).distinct().toList()) {
      for (String label : labels) {
        Optional<QuantizedRow> best = rows.stream()
            .filter(row -> row.label().equals(label) && Product.of(row).equals(product))
            .min(Comparator.comparingDouble(QuantizedRow::us));
        best.ifPresent(row -> text.append(line(row)));
      }
    }
    return text.toString();
  }

  private static String line(QuantizedRow row) {
    return "| %s | %dx%d | %d | %.2f | %.0f | %.2f | %s | %s | %.2f | %s | %.2f | %.2f |%n".formatted(row.label(),
        row.n(), row.k(), row.m(), row.us(), row.teraops(), row.floorUs() / row.us(),
        BenchPrinter.times(row.int8Us(), row.us()), BenchPrinter.times(row.cublasUs(), row.us()), row.forwardUs(),
        BenchPrinter.times(row.cublasUs(), row.forwardUs()), row.quantizerUs(),
        row.quantizerFloorUs() / row.quantizerUs());
  }
}
