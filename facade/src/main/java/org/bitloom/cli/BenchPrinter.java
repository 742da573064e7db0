package org.bitloom.cli;

import java.util.OptionalDouble;

import org.bitloom.job.BenchRow;
import org.bitloom.job.KernelPart;
import org.bitloom.job.QuantizedRow;

/** Shows a measured kernel to a person or to a program. */
final class BenchPrinter {
  static final String HEAD = "%-14s %12s %4s %9s %9s %6s %9s %7s  %s".formatted("format", "n x k", "m", "us",
      "floor us",
      "floor", "cuBLAS us", "faster", "schedule");

  static final String QUANTIZED_HEAD = "%-30s %12s %5s %9s %8s %6s %7s %7s %9s %7s %9s %6s  %s".formatted("kernel",
      "n x k", "m", "us", "T(OP)/s", "floor", "x int8", "x f16", "from f16", "x f16", "quantizer", "floor", "schedule");

  private BenchPrinter() {
  }

  static String json(BenchRow row) {
    return new JsonObject()
        .text("format", row.format())
        .number("planes", row.planes())
        .text("without", KernelPart.names(row.without()))
        .text("family", row.family())
        .number("n", row.n())
        .number("k", row.k())
        .number("m", row.m())
        .number("us", row.us())
        .number("floor_us", row.floorUs())
        .number("cublas_us", row.cublasUs())
        .number("bytes", row.bytes())
        .text("schedule", row.schedule())
        .text("origin", row.origin())
        .toString();
  }

  static String json(QuantizedRow row) {
    return new JsonObject()
        .text("format", row.format())
        .text("kernel", row.kernel())
        .text("activations", row.code().spelling())
        .text("family", row.family())
        .number("n", row.n())
        .number("k", row.k())
        .number("m", row.m())
        .number("us", row.us())
        .number("teraops", row.teraops())
        .number("forward_us", row.forwardUs())
        .number("quantizer_us", row.quantizerUs())
        .number("floor_us", row.floorUs())
        .number("quantizer_floor_us", row.quantizerFloorUs())
        .number("cublas_us", row.cublasUs())
        .number("cublas_int8_us", row.int8Us())
        .number("bytes", row.bytes())
        .number("quantizer_bytes", row.quantizerBytes())
        .text("schedule", row.schedule())
        .text("origin", row.origin())
        .toString();
  }

  static String text(QuantizedRow row) {
    return "%-30s %12s %5d %9.2f %8.0f %5.0f%% %7s %7s %9.2f %7s %9.2f %5.0f%%  %s".formatted(row.label(),
        row.n() + "x" + row.k(), row.m(), row.us(), row.teraops(), 100 * row.floorUs() / row.us(),
        times(row.int8Us(), row.us()), times(row.cublasUs(), row.us()), row.forwardUs(),
        times(row.cublasUs(), row.forwardUs()), row.quantizerUs(), 100 * row.quantizerFloorUs() / row.quantizerUs(),
        row.schedule() + (row.origin().isEmpty() ? "" : " (" + row.origin() + ")"));
  }

  /** How many times as fast as {@code baseline}; a dash where that was not measured. */
  static String times(OptionalDouble baseline, double us) {
    return baseline.isPresent() ? "%.2f".formatted(baseline.getAsDouble() / us) : "-";
  }

  static String text(BenchRow row) {
    String dense = row.cublasUs().isPresent() ? "%.2f".formatted(row.cublasUs().getAsDouble()) : "-";
    String faster = row.cublasUs().isPresent() ? "%.2fx".formatted(row.cublasUs().getAsDouble() / row.us()) : "-";
    return "%-14s %12s %4d %9.2f %9.2f %5.0f%% %9s %7s  %s".formatted(row.label(), row.n() + "x" + row.k(), row.m(),
        row.us(), row.floorUs(), 100 * row.floorUs() / row.us(), dense, faster,
        row.schedule() + (row.origin().isEmpty() ? "" : " (" + row.origin() + ")"));
  }
}
