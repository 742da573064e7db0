package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.bitloom.job.BadInput;
import org.bitloom.job.BenchJob;
import org.bitloom.job.BenchRequest;
import org.bitloom.job.BenchRow;
import org.bitloom.job.Shape;
import org.bitloom.job.Workplace;
import org.bitloom.runtime.api.ActivationType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bitloom bench}: our kernels, the read floor and cuBLAS in one run. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measure kernels on a GPU beside the read floor and cuBLAS.")
final class BenchCommand implements Callable<Integer> {
  private static final int SHOWN_OF_ALL = 5;

  private final Workplace workplace;

  @Spec
  private CommandSpec spec;

  @Option(names = "--formats", paramLabel = "REGEX", defaultValue = "", description = "Only formats whose name matches.")
  private String formats;

  @Option(names = "--shapes", paramLabel = "NxK,...", split = ",", defaultValue = "4096x4096,8192x8192", description = "Shapes (default: ${DEFAULT-VALUE}).")
  private List<String> shapes;

  @Option(names = "--batches", paramLabel = "M,...", split = ",", defaultValue = "1,16,64", description = "Batches (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(names = "--schedules", paramLabel = "tuned|first|all|LIST", defaultValue = "tuned", description = "Schedules to measure: stored winners, the kernels' first choice, or others (default: ${DEFAULT-VALUE}); all prints the best few of each.")
  private String schedules;

  @Option(names = "--type", paramLabel = "f16|bf16", defaultValue = "f16", description = "Type of activations (default: ${DEFAULT-VALUE}).")
  private ActivationType type;

  @Option(names = "--out", paramLabel = "FILE", description = "Write all rows to this file too, as JSON lines.")
  private Optional<Path> file;

  @Option(names = "--table", paramLabel = "FILE", description = "Write a Markdown table of the fastest rows to this file too.")
  private Optional<Path> table;

  @Option(names = "--json", description = "Print rows as JSON, one object a line.")
  private boolean json;

  BenchCommand(Workplace workplace) {
    this.workplace = workplace;
  }

  @Override
  public Integer call() throws IOException {
    if (batches.stream().anyMatch(m -> m < 1)) {
      throw new BadInput("a batch has at least one row");
    }
    BenchRequest request = new BenchRequest(SelftestCommand.pattern(formats),
        shapes.stream().map(Shape::parse).toList(), batches, BenchRequest.Schedules.parse(schedules), type);
    boolean best = request.schedules() instanceof BenchRequest.Schedules.All;
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<BenchRow> rows = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try (PrintWriter copy = file.isPresent()
        ? new PrintWriter(Files.newBufferedWriter(file.get()))
        : new PrintWriter(PrintWriter.nullWriter())) {
      BenchJob.Summary summary = new BenchJob(request, workplace).run(row -> {
        rows.add(row);
        copy.println(BenchPrinter.json(row));
        if (!best) {
          show(out, row, rows.size() == 1);
        }
      }, problem -> {
        problems.add(problem);
        err.println("bitloom: " + problem);
        err.flush();
      });
      if (best) {
        bestOfEach(rows).forEach(row -> show(out, row, false));
      }
      if (!json) {
        out.println(summary.deviceName());
      }
      if (!summary.withoutKernel().isEmpty()) {
        err.println("bitloom: not measured, there is no kernel yet: " + String.join(", ", summary.withoutKernel()));
      }
      if (table.isPresent()) {
        Files.writeString(table.get(), BenchTable.of(rows));
      }
      summary.cublasMissing().ifPresent(why -> err.println("bitloom: cuBLAS was not measured: " + why));
    }
    out.flush();
    err.flush();
    return problems.isEmpty() ? ExitCode.OK : ExitCode.FAILURE_FOUND;
  }

  private void show(PrintWriter out, BenchRow row, boolean withHead) {
    if (!json && withHead) {
      out.println(BenchPrinter.HEAD);
    }
    out.println(json ? BenchPrinter.json(row) : BenchPrinter.text(row));
    out.flush();
  }

  private static List<BenchRow> bestOfEach(List<BenchRow> rows) {
    record Key(String format, int n, int k, int m) {
    }
    return rows.stream().map(row -> new Key(row.format(), row.n(), row.k(), row.m())).distinct()
        .flatMap(key -> rows.stream()
            .filter(row -> key.equals(new Key(row.format(), row.n(), row.k(), row.m())))
            .sorted(Comparator.comparingDouble(BenchRow::us)).limit(SHOWN_OF_ALL))
        .toList();
  }
}
