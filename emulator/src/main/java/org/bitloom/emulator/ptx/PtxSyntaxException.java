package org.bitloom.emulator.ptx;

/** A PTX text that the parser does not understand, with the line of the PTX. */
public final class PtxSyntaxException extends RuntimeException {
  public PtxSyntaxException(int line, String message) {
    super("PTX line " + line + ": " + message);
  }
}
