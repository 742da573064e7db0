package org.bitloom.cli;

import java.io.IOException;
import java.nio.file.Path;

import org.bitloom.job.Workplace;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code bitloom}: what all subcommands share. */
@Command(name = "bitloom", mixinStandardHelpOptions = true, versionProvider = VersionProvider.class, header = {
    "Quantized Tensor Core kernels, declared instead of hand-written."}, synopsisSubcommandLabel = "COMMAND", footer = {
        "", "Exit status: 0 ok, 1 a check failed, 2 wrong usage or input.", "Start with: bitloom run fp6_e3m2"})
final class BitloomCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
  private boolean debug;

  /** The whole command line, for one workplace. */
  static CommandLine commandLine(Workplace workplace) {
    BitloomCommand root = new BitloomCommand();
    CommandLine line = new CommandLine(root);
    line.addSubcommand(new RunCommand(workplace));
    line.addSubcommand(new ExplainCommand());
    line.addSubcommand(new QuantizeCommand());
    line.addSubcommand(new VerifyCommand());
    line.addSubcommand(new PerplexityCommand());
    line.addSubcommand(new SelftestCommand());
    line.addSubcommand(new BenchCommand(workplace));
    line.addSubcommand(new TuneCommand(workplace));
    line.addSubcommand(new DoctorCommand(workplace));
    line.addSubcommand(new BundleCommand(workplace));
    line.setExecutionExceptionHandler((e, failed, parsed) -> Failure.of(e).report(failed.getErr(), root.debug));
    line.setExecutionStrategy(parsed -> root.execute(parsed, line));
    line.setParameterExceptionHandler((e, _) -> refuse(e));
    line.registerConverter(Path.class, new FileNames());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  /** Runs the command; one whose output was lost has failed. */
  private int execute(ParseResult parsed, CommandLine line) {
    int status = finished(parsed, line);
    if (StandardOutput.lost(line.getOut()) && status == ExitCode.OK) {
      return new Failure(ExitCode.BAD_INPUT, "the output could not be written", new IOException()).report(line.getErr(),
          debug);
    }
    return status;
  }

  private int finished(ParseResult parsed, CommandLine line) {
    try {
      return new RunLast().execute(parsed);
    } catch (OutOfMemoryError | StackOverflowError e) {
      return Failure.of(e).report(line.getErr(), debug);
    }
  }

  private static int refuse(ParameterException e) {
    CommandLine line = e.getCommandLine();
    line.getErr().println("bitloom: " + e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
      line.usage(line.getErr());
    }
    line.getErr().flush();
    return ExitCode.BAD_INPUT;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
