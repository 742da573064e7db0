package org.bitloom.cli;

/** What the process tells its caller. */
final class ExitCode {
  static final int OK = 0;
  static final int FAILURE_FOUND = 1;
  static final int BAD_INPUT = 2;

  private ExitCode() {
  }
}
