package org.bitloom.emulator.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names of registers, labels and variables in the nested blocks of one kernel body (PTX ISA 4.4, 5.4). */
final class Scopes {
  private record Range(int first, int count, PtxType type) {
  }

  private static final class Block {
    final Map<String, Range> registers = new HashMap<>();
    final Map<String, String> renamed = new HashMap<>();
  }

  private final Deque<Block> blocks = new ArrayDeque<>();
  private final List<PtxType> types = new ArrayList<>();
  private int blockCount;

  void open() {
    blocks.push(new Block());
    blockCount++;
  }

  void close() {
    blocks.pop();
  }

  int depth() {
    return blocks.size();
  }

  List<PtxType> types() {
    return types;
  }

  /** Declares {@code count} registers called name0, name1, ... */
  void declareRange(String name, int count, PtxType type) {
    declare(name + "<", count, type);
  }

  void declareOne(String name, PtxType type) {
    declare(name, 1, type);
  }

  private void declare(String key, int count, PtxType type) {
    blocks.element().registers.put(key, new Range(types.size(), count, type));
    for (int i = 0; i < count; i++) {
      types.add(type);
    }
  }

  /** Makes a label or variable of the innermost block known, and returns its name in the whole entry. */
  String declareName(String name) {
    String unique = blocks.size() <= 1 ? name : name + "'" + blockCount;
    blocks.element().renamed.put(name, unique);
    return unique;
  }

  /** The entry-wide name of a label or variable; names that no block declares stay as they are. */
  String resolve(String name) {
    for (Block block : blocks) {
      String unique = block.renamed.get(name);
      if (unique != null) {
        return unique;
      }
    }
    return name;
  }

  Optional<Operand.Register> register(String name) {
    int digits = name.length();
    while (digits > 0 && Character.isDigit(name.charAt(digits - 1))) {
      digits--;
    }
    for (Block block : blocks) {
      Range one = block.registers.get(name);
      if (one != null) {
        return Optional.of(new Operand.Register(one.first, name, one.type, Operand.Sign.PLAIN));
      }
      if (digits < name.length() && name.length() - digits < 9) {
        Range range = block.registers.get(name.substring(0, digits) + "<");
        int index = Integer.parseInt(name.substring(digits));
        if (range != null && index < range.count) {
          return Optional.of(new Operand.Register(range.first + index, name, range.type, Operand.Sign.PLAIN));
        }
      }
    }
    return Optional.empty();
  }
}
