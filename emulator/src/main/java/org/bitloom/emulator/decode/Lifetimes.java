package org.bitloom.emulator.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/**
 * From which instruction to which one every register holds a value that may be read, so that registers of a kernel, which
 * PTX has without number, can share rows (linear scan, Poletto and Sarkar, TOPLAS 1999). Lanes that part do not matter: each
 * lane sees its own way through the kernel and stores to its own lane of a row.
 */
final class Lifetimes {
  /** Instructions whose first operand is a result and nothing else; of others it counts as read. */
  private static final Set<String> RETURNING = Set.of("abs", "activemask", "add", "addc", "and", "atom", "bfe", "bfi",
      "bfind", "brev", "clz", "cnot", "cvt", "cvta", "div", "dp2a", "dp4a", "ex2", "fma", "ld", "ldu", "ldmatrix",
      "lg2", "lop3", "mad", "mad24", "match", "max", "min", "mma", "mov", "movmatrix", "mul", "mul24", "neg", "not",
      "or", "popc", "prmt", "rcp", "redux", "rem", "rsqrt", "sad", "selp", "shf", "shfl", "shl", "shr", "sqrt", "sub",
      "subc", "tanh", "xor");

  private final int[] first;
  private final int[] last;

  /** @param successors for each instruction the ones that may follow it */
  Lifetimes(List<Instruction> instructions, List<List<Integer>> successors, int registers) {
    first = new int[registers];
    last = new int[registers];
    Arrays.fill(first, Integer.MAX_VALUE);
    Arrays.fill(last, -1);
    List<BitSet> read = new ArrayList<>();
    List<BitSet> replaced = new ArrayList<>();
    for (int i = 0; i < instructions.size(); i++) {
      Instruction instruction = instructions.get(i);
      List<Operand> operands = instruction.operands();
      boolean returns = RETURNING.contains(instruction.opcode());
      read.add(bits(operands.stream().skip(returns ? 1 : 0).flatMapToInt(Lifetimes::registers)));
      BitSet results = bits(operands.stream().limit(returns ? 1 : 0).flatMapToInt(Lifetimes::registers));
      replaced.add(instruction.guard().isPresent() ? new BitSet() : results);
      extend(read.get(i), i);
      extend(results, i);
      if (instruction.opcode().equals("wgmma")) {
        extend(read.get(i), 0);
        extend(read.get(i), instructions.size());
      }
    }
    spread(read, replaced, successors);
  }

  /** What is read after an instruction lives there, unless the instruction replaces it. */
  private void spread(List<BitSet> read, List<BitSet> replaced, List<List<Integer>> successors) {
    List<BitSet> live = new ArrayList<>(read.stream().map(b -> (BitSet) b.clone()).toList());
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = live.size() - 1; i >= 0; i--) {
        BitSet now = new BitSet();
        for (int next : successors.get(i)) {
          if (next < live.size()) {
            now.or(live.get(next));
          }
        }
        now.andNot(replaced.get(i));
        now.or(read.get(i));
        if (!now.equals(live.get(i))) {
          live.set(i, now);
          changed = true;
        }
      }
    }
    for (int i = 0; i < live.size(); i++) {
      extend(live.get(i), i);
    }
  }

  private void extend(BitSet registers, int to) {
    registers.stream().forEach(r -> {
      first[r] = Math.min(first[r], to);
      last[r] = Math.max(last[r], to);
    });
  }

  private static BitSet bits(IntStream registers) {
    BitSet bits = new BitSet();
    registers.forEach(bits::set);
    return bits;
  }

  private static IntStream registers(Operand operand) {
    return switch (operand) {
      case Operand.Register r when r.type() != PtxType.PRED -> IntStream.of(r.id());
      case Operand.Vector v -> v.elements().stream().flatMapToInt(Lifetimes::registers);
      case Operand.Pair p -> IntStream.concat(registers(p.first()), registers(p.second()));
      case Operand.Memory m -> registers(m.base());
      default -> IntStream.empty();
    };
  }

  /** Sets the rows of {@code registers} from 0 on, and returns how many they take. */
  int assign(IntStream registers, int[] rowOf) {
    int[] order = registers.boxed().sorted(Comparator.comparing(r -> first[r])).mapToInt(r -> r).toArray();
    PriorityQueue<Integer> used = new PriorityQueue<>(Comparator.comparing((Integer r) -> last[r]));
    PriorityQueue<Integer> free = new PriorityQueue<>();
    int rows = 0;
    for (int r : order) {
      while (!used.isEmpty() && last[used.peek()] < first[r]) {
        free.add(rowOf[used.remove()]);
      }
      rowOf[r] = free.isEmpty() ? rows++ : free.remove();
      used.add(r);
    }
    return rows;
  }
}
