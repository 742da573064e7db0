package org.bitloom.cli;

import org.bitloom.job.BenchRow;

/** Shows a measured kernel to a person or to a program. */
final class BenchPrinter {
  static final String HEAD = "%-14s %12s %4s %9s %9s %6s %9s %7s  %s".formatted("format", "n x k", "m", "us",
      "floor us",
      "floor", "cuBLAS us", "faster", "schedule");

  private BenchPrinter() {
  }

  static String json(BenchRow row) {
    return new JsonObject()
        .text("format", row.format())
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

  static String text(BenchRow row) {
    String dense = row.cublasUs().isPresent() ? "%.2f".formatted(row.cublasUs().getAsDouble()) : "-";
    String faster = row.cublasUs().isPresent() ? "%.2fx".formatted(row.cublasUs().getAsDouble() / row.us()) : "-";
    return "%-14s %12s %4d %9.2f %9.2f %5.0f%% %9s %7s  %s".formatted(row.format(), row.n() + "x" + row.k(), row.m(),
        row.us(), row.floorUs(), 100 * row.floorUs() / row.us(), dense, faster,
        row.schedule() + (row.origin().isEmpty() ? "" : " (" + row.origin() + ")"));
  }
}
