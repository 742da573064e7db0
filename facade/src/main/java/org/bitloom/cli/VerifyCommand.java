package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.bitloom.job.VerifyJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitloom verify}: whether a quantized file unpacks, and how far it is from the original. */
@Command(name = "verify", mixinStandardHelpOptions = true, description = "Unpack a quantized file and check it.")
final class VerifyCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A file that 'quantize' wrote.")
  private Path file;

  @Option(names = "--against", paramLabel = "ORIGINAL", description = "The file it was made from, to measure the error.")
  private Optional<Path> original;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    boolean right = new VerifyJob(file, original).run(checked -> {
      out.println("%-48s %-12s %s".formatted(checked.tensor().name(), checked.tensor().format(), verdict(checked)));
      out.flush();
    });
    return right ? ExitCode.OK : ExitCode.FAILURE_FOUND;
  }

  private static String verdict(VerifyJob.Checked checked) {
    if (checked.fault().isPresent()) {
      return "WRONG: " + checked.fault().get();
    }
    return checked.error().isPresent() ? "ok, relative error %.4f".formatted(checked.error().getAsDouble()) : "ok";
  }
}
