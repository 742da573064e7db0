package org.bitloom.emulator.ptx;

import java.util.List;

/** An operand of an instruction (PTX ISA 6). */
public sealed interface Operand {
  /**
   * A register, or a predicate used negated.
   *
   * @param id number of the register in its entry
   */
  record Register(int id, String name, PtxType type, Sign sign) implements Operand {
  }

  /** How a predicate operand is read. */
  enum Sign {
    PLAIN, NEGATED
  }

  /** A special register such as {@code %tid.x} (PTX ISA 10). */
  record Special(String name) implements Operand {
  }

  /** An integer constant, or the bits of a floating-point constant of {@code floatBits} bits (0 for integers). */
  record Immediate(long bits, int floatBits) implements Operand {
  }

  /** The address of a variable or a parameter, or the name of a label, plus a byte offset. */
  record Symbol(String name, long offset) implements Operand {
  }

  /** {@code [base + offset]}. */
  record Memory(Operand base, long offset) implements Operand {
  }

  /** {@code {a, b, ...}}. */
  record Vector(List<Operand> elements) implements Operand {
    public Vector {
      elements = List.copyOf(elements);
    }
  }

  /** {@code a|b}: two results. */
  record Pair(Operand first, Operand second) implements Operand {
  }

  /** {@code _}: a result that nobody wants. */
  record Sink() implements Operand {
  }
}
