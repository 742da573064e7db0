package org.bitloom.cli;

import org.bitloom.job.Workplace;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

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
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
