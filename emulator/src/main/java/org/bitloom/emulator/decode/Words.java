package org.bitloom.emulator.decode;

import java.util.Set;

import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Reads the modifiers of an instruction, and refuses those that nobody asked about: no modifier is ever ignored unseen. */
final class Words {
  private Words() {
  }

  /** The last modifier, which names the type. */
  static PtxType type(Instruction i) {
    return PtxType.of(i.modifiers().getLast())
        .orElseThrow(() -> new Unsupported("'." + i.modifiers().getLast() + "' is not a type"));
  }

  /** The type before the last one, as in cvt and mul.wide chains. */
  static PtxType secondType(Instruction i) {
    String word = i.modifiers().get(i.modifiers().size() - 2);
    return PtxType.of(word).orElseThrow(() -> new Unsupported("'." + word + "' is not a type"));
  }

  /** All modifiers that are not types must be among {@code known}. */
  static void only(Instruction i, Set<String> known) {
    for (String m : i.modifiers()) {
      if (PtxType.of(m).isEmpty() && !known.contains(m)) {
        throw new Unsupported("modifier '." + m + "' of '" + i.opcode() + "' is not known");
      }
    }
  }
}
