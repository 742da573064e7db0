package org.bitloom.emulator.decode;

/** An instruction, or a form of one, that the emulator lacks; becomes a fault when a kernel reaches it. */
final class Unsupported extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unsupported(String message) {
    super(message);
  }
}
