package org.bitloom.emulator.decode;

import java.util.Optional;

import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Decodes one class of instructions. */
interface InstructionDecoder {
  /**
   * The operation of {@code i}, or nothing if it belongs to another class.
   *
   * @throws Unsupported if it belongs here, but its form is not known
   */
  Optional<Op> decode(Instruction i);
}
