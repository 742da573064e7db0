package org.bitloom.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.bitloom.job.BadInput;
import org.bitloom.job.Selftest;
import org.bitloom.job.Tally;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bitloom selftest}: every shipped format against float64 on the machine at hand. */
@Command(name = "selftest", mixinStandardHelpOptions = true, description = "Check every shipped format on this machine against float64.")
final class SelftestCommand implements Callable<Integer> {
  private static final int SHOWN_FAILURES = 20;

  @Spec
  private CommandSpec spec;

  @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "cuda, emulated or cpu (default: the first of them that is here).")
  private String device;

  @Option(names = "--formats", paramLabel = "REGEX", defaultValue = "", description = "Only formats whose name matches.")
  private String formats;

  @Option(names = "--quick", description = "A few shapes and batches only.")
  private boolean quick;

  @Option(names = "--sanitize", description = "As little as launches every kernel by each of its families, for compute-sanitizer.")
  private boolean sanitize;

  @Option(names = "--json", description = "End with one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Selftest.Report report = new Selftest(new Selftest.Request(device, pattern(formats), extent()))
        .run((name, tally) -> {
          out.println(tally.equals(Tally.NOTHING)
              ? "%-20s no kernel yet; its packing is right".formatted(name)
              : line(name, tally));
          tally.failures().stream().limit(SHOWN_FAILURES).forEach(failure -> out.println("  FAILED " + failure));
          out.flush();
        });
    Tally total = report.tally();
    out.println(line("total", total) + " on " + report.deviceName());
    if (json) {
      out.println(new JsonObject()
          .number("passed", total.passed())
          .number("failed", total.failed())
          .number("skipped", total.skipped())
          .number("max_rel_error", total.maxError())
          .text("device", report.device()));
    }
    out.flush();
    return report.passed() ? ExitCode.OK : ExitCode.FAILURE_FOUND;
  }

  private Selftest.Extent extent() {
    if (sanitize && quick) {
      throw new BadInput("--sanitize and --quick exclude each other");
    }
    if (sanitize) {
      return Selftest.Extent.SANITIZE;
    }
    return quick ? Selftest.Extent.QUICK : Selftest.Extent.FULL;
  }

  private static String line(String name, Tally tally) {
    return "%-20s %5d passed, %d failed, %d skipped, largest relative error %.2e".formatted(name, tally.passed(),
        tally.failed(), tally.skipped(), tally.maxError());
  }

  static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new BadInput("'" + regex + "' is no regular expression: " + e.getDescription(), e);
    }
  }
}
