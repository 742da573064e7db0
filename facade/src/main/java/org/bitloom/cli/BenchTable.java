package org.bitloom.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.bitloom.job.BenchRow;
import org.bitloom.job.Shape;

/**
 * Measured kernels as a Markdown table: a line for each format and batch, a column for each shape, and in each cell the fastest
 * row: microseconds / read floor over time / times as fast as cuBLAS.
 */
final class BenchTable {
  private BenchTable() {
  }

  static String of(Collection<BenchRow> rows) {
    List<Shape> shapes = rows.stream().map(row -> new Shape(row.n(), row.k())).distinct().toList();
    StringBuilder text = new StringBuilder("| format | batch |");
    shapes.forEach(shape -> text.append(" ").append(shape).append(" |"));
    text.append("\n|---|---|").append("---|".repeat(shapes.size())).append("\n");
    SortedSet<Integer> batches = rows.stream().map(BenchRow::m).collect(Collectors.toCollection(TreeSet::new));
    for (String format : rows.stream().map(BenchRow::label).collect(Collectors.toCollection(TreeSet::new))) {
      for (int m : batches) {
        text.append("| ").append(format).append(" | ").append(m).append(" |");
        shapes.forEach(shape -> text.append(" ").append(cell(rows, format, shape, m)).append(" |"));
        text.append("\n");
      }
    }
    return text.toString();
  }

  private static String cell(Collection<BenchRow> rows, String format, Shape shape, int m) {
    Optional<BenchRow> best = rows.stream()
        .filter(row -> row.label().equals(format) && row.n() == shape.n() && row.k() == shape.k() && row.m() == m)
        .min(Comparator.comparingDouble(BenchRow::us));
    return best.map(row -> "%.1f / %.2f / %s".formatted(row.us(), row.floorUs() / row.us(),
        BenchPrinter.times(row.cublasUs(), row.us()))).orElse("-");
  }
}
