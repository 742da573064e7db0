package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.bitloom.job.BadInput;
import org.bitloom.job.BenchJob;
import org.bitloom.job.BenchRequest;
import org.bitloom.job.KernelPart;
import org.bitloom.job.ShapeBatches;
import org.bitloom.job.Workplace;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.file.OutputFile;
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

  @Option(names = "--kernels", paramLabel = "REGEX", description = "Kernels whose name matches (default: of each format the one that multiplies activations as they are, else all).")
  private Optional<String> kernels;

  @Option(names = "--planes", paramLabel = "P,...", split = ",", description = "Use the first P sign planes of binary-coded weights only, each P in turn.")
  private List<Integer> planes = List.of();

  @Option(names = "--shapes", paramLabel = "NxK[@M+M],...", split = ",", defaultValue = "4096x4096,8192x8192", description = "Shapes, perhaps with batches of their own (default: ${DEFAULT-VALUE}).")
  private List<String> shapes;

  @Option(names = "--batches", paramLabel = "M,...", split = ",", defaultValue = "1,16,64", description = "Batches (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(names = "--schedules", paramLabel = "tuned|first|all|LIST", defaultValue = "tuned", description = "Schedules to measure: stored winners, the kernels' first choice, or others (default: ${DEFAULT-VALUE}); all prints the best few of each.")
  private String schedules;

  @Option(names = "--without", paramLabel = "PART[+PART],...", split = ",", description = "Also time each kernel without these parts of its work (copies, decoding, products, values), unchecked: what is left shows what bounds it.")
  private List<String> without = List.of();

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
    BenchRequest request = new BenchRequest(SelftestCommand.pattern(formats), kernels.map(SelftestCommand::pattern),
        shapes.stream().map(text -> ShapeBatches.parse(text, batches)).toList(), planes,
        BenchRequest.Schedules.parse(schedules), type, without.stream().map(KernelPart::parse).toList());
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    BenchReport.Shown shown = request.schedules() instanceof BenchRequest.Schedules.All
        ? new BenchReport.Shown.Best(SHOWN_OF_ALL)
        : new BenchReport.Shown.Each();
    if (file.isPresent() && table.isPresent() && areOne(file.get(), table.get())) {
      throw new BadInput("--out and --table name one file: " + file.get());
    }
    BenchReport report;
    try (PrintWriter copy = late(file); PrintWriter tables = late(table)) {
      report = new BenchReport(json ? BenchReport.Style.JSON : BenchReport.Style.TEXT, shown, out, err, copy);
      BenchJob.Summary summary = new BenchJob(request, workplace).run(report);
      report.end();
      if (!json) {
        out.println(summary.deviceName());
      }
      if (!summary.withoutKernel().isEmpty()) {
        err.println("bitloom: not measured, there is no kernel yet: " + String.join(", ", summary.withoutKernel()));
      }
      tables.print(report.table());
      requireWritten("rows", copy, file);
      requireWritten("table", tables, table);
      summary.cublasMissing().ifPresent(why -> err.println("bitloom: cuBLAS was not measured: " + why));
    }
    out.flush();
    err.flush();
    return report.problems() == 0 ? ExitCode.OK : ExitCode.FAILURE_FOUND;
  }

  /** Whether two names lead to one file, which what is written last would replace. */
  private static boolean areOne(Path one, Path other) throws IOException {
    if (Files.exists(one) && Files.exists(other)) {
      return Files.isRegularFile(one) && Files.isSameFile(one, other);
    }
    return OutputFile.toFill(one).toAbsolutePath().normalize()
        .equals(OutputFile.toFill(other).toAbsolutePath().normalize());
  }

  private static PrintWriter late(Optional<Path> file) throws IOException {
    return new PrintWriter(file.isPresent() ? new LateWriter(file.get()) : PrintWriter.nullWriter());
  }

  private static void requireWritten(String what, PrintWriter writer, Optional<Path> file) throws IOException {
    if (writer.checkError()) {
      throw new IOException("the " + what + " could not be written to " + file.map(Path::toString).orElse("nowhere"));
    }
  }
}
