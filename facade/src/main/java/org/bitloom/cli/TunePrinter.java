package org.bitloom.cli;

import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import org.bitloom.job.ExhaustiveCheck;
import org.bitloom.job.TuneRow;
import org.bitloom.job.UntunedCheck;

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

  static final String UNTUNED_HEAD = "%-24s %12s %5s %9s %13s %13s  %s".formatted("format", "n x k", "m", "tuned us",
      "first choice", "other shapes", "schedules");

  static String text(UntunedCheck.Outcome outcome) {
    return "%-24s %12s %5d %9.2f %+12.1f%% %+12.1f%%  %s (%s), %s, %s".formatted(outcome.format(),
        outcome.problem().n() + "x" + outcome.problem().k(), outcome.problem().m(), outcome.tunedUs(),
        100 * (outcome.firstRatio() - 1), 100 * (outcome.untunedRatio() - 1), outcome.tuned(), outcome.origin(),
        outcome.first(), outcome.untuned());
  }

  /** How much slower untuned schedules are over all products. */
  static String summary(Collection<UntunedCheck.Outcome> outcomes) {
    return summary("first choice", outcomes, UntunedCheck.Outcome::firstRatio) + "\n"
        + summary("with winners of other shapes", outcomes, UntunedCheck.Outcome::untunedRatio);
  }

  private static String summary(String what, Collection<UntunedCheck.Outcome> outcomes,
      ToDoubleFunction<UntunedCheck.Outcome> ratio) {
    DoubleSummaryStatistics all = outcomes.stream().mapToDouble(ratio).summaryStatistics();
    Map<Integer, DoubleSummaryStatistics> batches = outcomes.stream().collect(Collectors.groupingBy(
        outcome -> outcome.problem().m(), TreeMap::new, Collectors.summarizingDouble(ratio)));
    return "%s: mean %+.1f%%, worst %+.1f%%, %d of %d within %.0f%%; by batch (mean, worst): %s".formatted(what,
        100 * (all.getAverage() - 1), 100 * (all.getMax() - 1),
        outcomes.stream().filter(outcome -> ratio.applyAsDouble(outcome) <= UntunedCheck.ALLOWED).count(),
        outcomes.size(), 100 * (UntunedCheck.ALLOWED - 1),
        batches.entrySet().stream().map(e -> "m=%d %+.1f%%, %+.1f%%".formatted(e.getKey(),
            100 * (e.getValue().getAverage() - 1), 100 * (e.getValue().getMax() - 1)))
            .collect(Collectors.joining("; ")));
  }

  static String text(ExhaustiveCheck.Outcome outcome) {
    return "%-14s %12s m=%-3d tuned %s %.2f us in %.1f s; best of %d legal, %d measured: %s %.2f us in %.1f s; ratio %.3f%s"
        .formatted(
            outcome.format(), outcome.problem().n() + "x" + outcome.problem().k(), outcome.problem().m(),
            outcome.tuned(),
            outcome.tunedUs(), outcome.tunedSeconds(), outcome.candidates(), outcome.measured(), outcome.best(),
            outcome.bestUs(),
            outcome.bestSeconds(), outcome.ratio(), outcome.passed() ? "" : " TOO SLOW");
  }
}
