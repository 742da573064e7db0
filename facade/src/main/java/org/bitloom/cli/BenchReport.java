package org.bitloom.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import org.bitloom.job.BenchListener;
import org.bitloom.job.BenchRow;
import org.bitloom.job.QuantizedRow;

/** Prints what is measured, as soon as it is known or the best of it at the end, and keeps it for tables. */
final class BenchReport implements BenchListener {
  /** How rows look. */
  enum Style {
    TEXT, JSON
  }

  /** Which rows are printed. */
  sealed interface Shown {
    /** Each, as it comes. */
    record Each() implements Shown {
    }

    /** So many of each kernel, shape and batch, the fastest first. */
    record Best(int count) implements Shown {
    }
  }

  private final Style style;
  private final Shown shown;
  private final PrintWriter out;
  private final PrintWriter err;
  private final PrintWriter copy;
  private final List<BenchRow> rows = new ArrayList<>();
  private final List<QuantizedRow> quantized = new ArrayList<>();
  private String head = "";
  private int problems;

  /**
   * A report.
   *
   * @param copy gets all rows as JSON lines
   */
  BenchReport(Style style, Shown shown, PrintWriter out, PrintWriter err, PrintWriter copy) {
    this.style = style;
    this.shown = shown;
    this.out = out;
    this.err = err;
    this.copy = copy;
  }

  @Override
  public void row(BenchRow row) {
    rows.add(row);
    keep(BenchPrinter.json(row));
    if (shown instanceof Shown.Each) {
      print(row);
    }
  }

  @Override
  public void row(QuantizedRow row) {
    quantized.add(row);
    keep(BenchPrinter.json(row));
    if (shown instanceof Shown.Each) {
      print(row);
    }
  }

  @Override
  public void problem(String problem) {
    problems++;
    err.println("bitloom: " + problem);
    err.flush();
  }

  /** At once: what was measured is not lost with a run that is interrupted. */
  private void keep(String json) {
    copy.println(json);
    copy.flush();
  }

  private void print(BenchRow row) {
    print(BenchPrinter.HEAD, BenchPrinter.text(row), BenchPrinter.json(row));
  }

  private void print(QuantizedRow row) {
    print(BenchPrinter.QUANTIZED_HEAD, BenchPrinter.text(row), BenchPrinter.json(row));
  }

  private void print(String itsHead, String text, String json) {
    if (style == Style.TEXT && !head.equals(itsHead)) {
      out.println(itsHead);
      head = itsHead;
    }
    out.println(style == Style.TEXT ? text : json);
    out.flush();
  }

  /** Prints what was held back. */
  void end() {
    if (shown instanceof Shown.Best(int count)) {
      best(rows, row -> List.of(row.label(), row.n(), row.k(), row.m()), BenchRow::us, count).forEach(this::print);
      best(quantized, row -> List.of(row.label(), row.n(), row.k(), row.m()), QuantizedRow::us, count)
          .forEach(this::print);
    }
  }

  private static <T> List<T> best(List<T> rows, Function<T, List<Object>> key, ToDoubleFunction<T> us, int count) {
    return rows.stream().map(key).distinct().flatMap(one -> rows.stream().filter(row -> key.apply(row).equals(one))
        .sorted(Comparator.comparingDouble(us)).limit(count)).toList();
  }

  /** The fastest rows as Markdown tables, one for each kind of kernel that was measured. */
  String table() {
    List<String> tables = new ArrayList<>();
    if (!rows.isEmpty()) {
      tables.add(BenchTable.of(rows));
    }
    if (!quantized.isEmpty()) {
      tables.add(QuantizedTable.of(quantized));
    }
    return String.join("\n", tables);
  }

  /** How many kernels were wrong. */
  int problems() {
    return problems;
  }
}
