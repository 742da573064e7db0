package org.bitloom.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.util.Locale;

import org.bitloom.job.Workplace;
import picocli.CommandLine;

/** The command line's entry point. */
public final class Main {
  private Main() {
  }

  /** Runs one command and exits with 0 (ok), 1 (a check failed) or 2 (wrong usage or input). */
  public static void main(String... args) {
    // Numbers are printed, and generated, with the digits 0 to 9 everywhere.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    CommandLine line = BitloomCommand.commandLine(Workplace.ofThisProcess());
    // A PrintStream would not say why writing failed.
    line.setOut(
        new StandardOutput(new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), System.out.charset())));
    System.exit(line.execute(args));
  }
}
