package org.bitloom.emulator.ptx;

/** A line of the CUDA text, as {@code .loc} names it (PTX ISA 11.5.4); line 0 where the PTX has no line table. */
public record SourceLine(String file, int line, int column) {
  /** The place of an instruction that no {@code .loc} precedes. */
  public static final SourceLine UNKNOWN = new SourceLine("", 0, 0);

  @Override
  public String toString() {
    return line == 0 ? "unknown line" : file.substring(file.lastIndexOf('/') + 1) + ":" + line + ":" + column;
  }
}
