package org.bitloom.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.bitloom.job.FormatChooser;
import org.bitloom.job.QuantizeJob;
import org.bitloom.job.QuantizerChoice;
import org.bitloom.safetensors.QuantizedModelWriter.Written;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitloom quantize}: a model file in, the same file with packed matrices out. */
@Command(name = "quantize", mixinStandardHelpOptions = true, description = "Quantize and pack the matrices of a safetensors file.")
final class QuantizeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "IN.safetensors", description = "The model: F16, BF16 or F32.")
  private Path input;

  @Option(names = {"-o",
      "--output"}, required = true, paramLabel = "OUT.safetensors", description = "The file to write.")
  private Path output;

  @Option(names = "--format", required = true, paramLabel = "FORMAT|FILE.bl", description = "The format of the quantized matrices; of a file, the first.")
  private String format;

  @Option(names = "--include", paramLabel = "REGEX", defaultValue = "proj", description = "Quantize matrices whose name matches (default: ${DEFAULT-VALUE}).")
  private String include;

  @Option(names = "--method", paramLabel = "METHOD", defaultValue = "standard", description = "absmax, or clip to search scales of least squared error; for binary-coded formats greedy or alternating. Default: absmax or alternating.")
  private QuantizerChoice method;

  @Override
  public Integer call() throws IOException {
    QuantizeJob job = new QuantizeJob(input, output, FormatChooser.formats(format).getFirst(),
        Optional.of(format).filter(FormatChooser::isFile).map(Path::of), SelftestCommand.pattern(include), method);
    PrintWriter out = spec.commandLine().getOut();
    List<Written> written = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
        ? withBar(job)
        : job.run(total -> {
        }, tensor -> {
        });
    long before = written.stream().mapToLong(Written::bytesBefore).sum();
    long after = written.stream().mapToLong(Written::bytesAfter).sum();
    for (Written tensor : written) {
      out.println("%-48s %6d x %-6d relative error %.4f".formatted(tensor.tensor().name(), tensor.tensor().n(),
          tensor.tensor().k(), tensor.error().relative()));
    }
    written.stream().filter(tensor -> tensor.error().unscaled() > 0)
        .forEach(tensor -> spec.commandLine().getErr().println(unscaled(tensor)));
    spec.commandLine().getErr().flush();
    out.println("%d matrices, %,d bytes before, %,d after".formatted(written.size(), before, after));
    out.flush();
    return ExitCode.OK;
  }

  private static String unscaled(Written tensor) {
    long groups = tensor.error().unscaled();
    return "bitloom: warning: %s: %d group%s of weights %s too large or too small for the scales of %s".formatted(
        tensor.tensor().name(), groups, groups == 1 ? "" : "s", groups == 1 ? "is" : "are", tensor.tensor().format());
  }

  private static List<Written> withBar(QuantizeJob job) throws IOException {
    try (ProgressBar bar = new ProgressBarBuilder().setTaskName("quantize").build()) {
      return job.run(bar::maxHint, tensor -> bar.step());
    }
  }
}
