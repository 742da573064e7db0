package org.bitloom.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;

import org.bitloom.job.Checkup;
import org.bitloom.job.Workplace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bitloom doctor}: what works on this machine, and what to do about the rest. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Say what works on this machine, and what to do about the rest.")
final class DoctorCommand implements Callable<Integer> {
  private final Workplace workplace;

  @Spec
  private CommandSpec spec;

  DoctorCommand(Workplace workplace) {
    this.workplace = workplace;
  }

  @Override
  public Integer call() {
    List<Checkup.Finding> findings = new Checkup(workplace).findings();
    PrintWriter out = spec.commandLine().getOut();
    for (Checkup.Finding finding : findings) {
      out.println("%-9s %-16s %s".formatted(word(finding.state()), finding.part(),
          finding.detail().replace("\n", "\n" + " ".repeat(27))));
    }
    out.flush();
    return findings.stream().anyMatch(finding -> finding.state() == Checkup.State.BROKEN)
        ? ExitCode.FAILURE_FOUND
        : ExitCode.OK;
  }

  private static String word(Checkup.State state) {
    return switch (state) {
      case WORKS -> "ok";
      case MISSING -> "missing";
      case BROKEN -> "BROKEN";
    };
  }
}
