package org.bitloom.emulator.ptx;

import java.util.List;
import java.util.Optional;

/** One statement of a kernel body. */
public sealed interface Statement {
  /** A branch target; names are unique within an entry. */
  record Label(String name) implements Statement {
  }

  /** {@code name: .branchtargets a, b;} the targets of {@code brx.idx} (PTX ISA 11.1). */
  record BranchTargets(String name, List<String> targets) implements Statement {
    public BranchTargets {
      targets = List.copyOf(targets);
    }
  }

  /**
   * An instruction.
   *
   * @param guard the predicate of {@code @p} or {@code @!p}
   * @param opcode the word before the first dot
   * @param modifiers the words after it, without dots
   * @param text the instruction as written
   * @param line the CUDA line it came from
   */
  record Instruction(Optional<Operand.Register> guard, String opcode, List<String> modifiers, List<Operand> operands,
      String text, SourceLine line) implements Statement {
    public Instruction {
      modifiers = List.copyOf(modifiers);
      operands = List.copyOf(operands);
    }

    /** Whether {@code modifier} is written. */
    public boolean has(String modifier) {
      return modifiers.contains(modifier);
    }
  }
}
