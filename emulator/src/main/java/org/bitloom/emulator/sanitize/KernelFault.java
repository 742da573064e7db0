package org.bitloom.emulator.sanitize;

import org.bitloom.emulator.ptx.SourceLine;

/** A fault of a running kernel: what, where in the grid, and at which CUDA line. */
public final class KernelFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final FaultKind kind;
  private final transient SourceLine line;

  /**
   * @param place the CTA and thread or warp, in words
   * @param line the CUDA line
   * @param instruction the PTX instruction
   * @param detail what exactly is wrong
   */
  public KernelFault(FaultKind kind, String kernel, String place, SourceLine line, String instruction, String detail) {
    super(kernel + ": " + kind.title() + ": " + detail + System.lineSeparator() + "  by " + place
        + System.lineSeparator() + "  at " + line + System.lineSeparator() + "  in " + instruction);
    this.kind = kind;
    this.line = line;
  }

  /** What is wrong. */
  public FaultKind kind() {
    return kind;
  }

  /** The CUDA line at fault. */
  public SourceLine line() {
    return line == null ? SourceLine.UNKNOWN : line;
  }
}
