package org.bitloom.cli;

import java.util.OptionalDouble;

import org.bitloom.job.ExhaustiveCheck;
import org.bitloom.job.TuneRow;

/** Shows tuned products to a person. */
final class TunePrinter {
  static final String HEAD = "%-14s %12s %4s %9s %9s %6s %9s %7s %9s  %s".formatted("format", "n x k", "m", "us",
      "floor us", "floor", "cuBLAS us", "faster", "untuned", "schedule");

  private TunePrinter() {
  }

  static String text(TuneRow row) {
    return "%-14s %12s %4d %9.2f %9.2f %5.0f%% %9s %7s %9s  %s".formatted(row.format(), row.n() + "x" + row.k(),
        row.m(),
        row.us(), row.floorUs(), 100 * row.floorUs() / row.us(), number("%.2f", row.cublasUs(), 1, 0),
        number("%.2fx", row.cublasUs(), 1 / row.us(), 0), number("%+.1f%%", row.gain(), 100, -100), row.schedule());
  }

  /** {@code factor * value + summand}, or a dash. */
  private static String number(String format, OptionalDouble value, double factor, double summand) {
    return value.isPresent() ? format.formatted(factor * value.getAsDouble() + summand) : "-";
  }

  static String text(ExhaustiveCheck.Outcome outcome) {
    return "%-14s %12s m=%-3d tuned %s %.2f us in %.1f s; best of %d %s %.2f us in %.1f s; ratio %.3f%s".formatted(
        outcome.format(), outcome.problem().n() + "x" + outcome.problem().k(), outcome.problem().m(), outcome.tuned(),
        outcome.tunedUs(), outcome.tunedSeconds(), outcome.candidates(), outcome.best(), outcome.bestUs(),
        outcome.bestSeconds(), outcome.ratio(), outcome.passed() ? "" : " TOO SLOW");
  }
}
