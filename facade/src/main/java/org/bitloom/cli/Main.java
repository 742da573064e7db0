package org.bitloom.cli;

import org.bitloom.job.Workplace;

/** The command line's entry point. */
public final class Main {
  private Main() {
  }

  /** Runs one command and exits with 0 (ok), 1 (a check failed) or 2 (wrong usage or input). */
  public static void main(String... args) {
    System.exit(BitloomCommand.commandLine(Workplace.ofThisProcess()).execute(args));
  }
}
