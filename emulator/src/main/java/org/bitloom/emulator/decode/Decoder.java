package org.bitloom.emulator.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.emulator.exec.Code;
import org.bitloom.emulator.exec.ControlOps;
import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.Program;
import org.bitloom.emulator.exec.WarpgroupMmaOp;
import org.bitloom.emulator.exec.WatchedOp;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxModule.Entry;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Turns a parsed kernel into a {@link Program}, once. */
public final class Decoder {
  private final Entry entry;
  private final VariableLayout layout;
  private final Rows rows;
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<String, List<String>> branchTargets = new HashMap<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<List<Integer>> successors;
  private final List<InstructionDecoder> decoders;

  private Decoder(Entry entry, VariableLayout layout) {
    this.entry = entry;
    this.layout = layout;
    for (Statement statement : entry.body()) {
      switch (statement) {
        case Statement.Label l -> labels.put(l.name(), instructions.size());
        case Statement.BranchTargets t -> branchTargets.put(t.name(), t.targets());
        case Instruction i -> instructions.add(i);
      }
    }
    this.successors = IntStream.range(0, instructions.size()).mapToObj(this::successors).toList();
    this.rows = new Rows(entry.registers(), new Lifetimes(instructions, successors, entry.registers().size()),
        layout.addresses());
    this.decoders = List.of(new IntegerDecoder(rows), new FloatDecoder(rows), new ConvertDecoder(rows),
        new MemoryDecoder(rows), new WarpDecoder(rows), new WarpgroupDecoder(rows), new MemoryBarrierDecoder(rows),
        new AsyncDecoder(rows));
  }

  /**
   * Decodes {@code entry}.
   *
   * @param layout where the variables that it sees lie
   */
  public static Program decode(Entry entry, VariableLayout layout) {
    return new Decoder(entry, layout).program();
  }

  private Program program() {
    Op[] code = new Op[instructions.size()];
    int[] guards = new int[code.length];
    for (int i = 0; i < code.length; i++) {
      Instruction instruction = instructions.get(i);
      guards[i] = instruction.guard()
          .map(g -> rows.predicate(g) * 2 + (g.sign() == Operand.Sign.NEGATED ? 1 : 0)).orElse(-1);
      code[i] = decode(instruction);
    }
    watchProducts(code);
    int[] meet = new FlowGraph(successors).postDominators();
    return new Program(entry.name(), new Code(code, guards, meet), instructions, rows.intRows(), rows.longRows(),
        rows.predicates(), rows.intConstants(), rows.longConstants(), rows.specials(), layout.staticShared(),
        layout.dynamicStart(), layout.parameterBytes(), layout.localBytes(), granuleShift(),
        new Grid.Dim(entry.cluster().x(), entry.cluster().y(), entry.cluster().z()));
  }

  /**
   * Instructions that share registers with wgmma say so before they run. Compilers put copies and constants where they are
   * used, past any fence, so those need none.
   */
  private void watchProducts(Op[] code) {
    Set<Integer> watched = Arrays.stream(code).filter(WarpgroupMmaOp.class::isInstance)
        .flatMap(op -> Arrays.stream(((WarpgroupMmaOp) op).registers()).boxed()).collect(Collectors.toSet());
    for (int i = 0; i < code.length && !watched.isEmpty(); i++) {
      List<Operand> operands = instructions.get(i).operands();
      int[] used = operands.stream().flatMapToInt(rows::registers).filter(watched::contains).distinct().toArray();
      if (used.length > 0 && !(code[i] instanceof WarpgroupMmaOp)) {
        boolean returns = !(operands.getFirst() instanceof Operand.Memory);
        int[] written = returns
            ? rows.registers(operands.getFirst()).filter(watched::contains).toArray()
            : new int[0];
        boolean copy = instructions.get(i).opcode().equals("mov");
        code[i] = new WatchedOp(code[i], used, written, copy ? new int[0] : used);
      }
    }
  }

  private Op decode(Instruction i) {
    try {
      switch (i.opcode()) {
        case "bra" -> {
          return new ControlOps.Branch(target(i.operands().getFirst()));
        }
        case "brx" -> {
          return indexedBranch(i);
        }
        case "ret", "exit" -> {
          return new ControlOps.Exit();
        }
        default -> {
          for (InstructionDecoder decoder : decoders) {
            var op = decoder.decode(i);
            if (op.isPresent()) {
              return op.get();
            }
          }
          return ControlOps.Act.unsupported("'" + i.opcode() + "' is not known");
        }
      }
    } catch (Unsupported e) {
      return ControlOps.Act.unsupported(e.getMessage());
    } catch (IndexOutOfBoundsException | java.util.NoSuchElementException e) {
      return ControlOps.Act.unsupported("too few operands or types");
    }
  }

  private int target(Operand operand) {
    if (operand instanceof Operand.Symbol s && labels.containsKey(s.name())) {
      return labels.get(s.name());
    }
    throw new Unsupported("no label " + operand);
  }

  private Op indexedBranch(Instruction i) {
    return new ControlOps.IndexedBranch(rows.ints(i.operands().getFirst()), targets(i));
  }

  private int[] targets(Instruction i) {
    if (i.operands().get(1) instanceof Operand.Symbol s && branchTargets.containsKey(s.name())) {
      return branchTargets.get(s.name()).stream().mapToInt(labels::get).toArray();
    }
    throw new Unsupported("no branch targets " + i.operands().get(1));
  }

  private List<Integer> successors(int index) {
    Instruction i = instructions.get(index);
    List<Integer> next = new ArrayList<>();
    switch (i.opcode()) {
      case "bra" -> next.add(target(i.operands().getFirst()));
      case "brx" -> {
        for (int t : targets(i)) {
          next.add(t);
        }
      }
      case "ret", "exit", "trap" -> next.add(instructions.size());
      default -> {
        next.add(index + 1);
        return next;
      }
    }
    if (i.guard().isPresent()) {
      next.add(index + 1);
    }
    return next;
  }

  /** The narrowest access to shared memory decides how finely races are watched. */
  private int granuleShift() {
    int bytes = 4;
    for (Instruction i : instructions) {
      boolean maybeShared = switch (i.opcode()) {
        case "ld", "st" -> !i.has("global") && !i.has("param") && !i.has("const") && !i.has("local");
        default -> false;
      };
      if (maybeShared) {
        for (String m : i.modifiers()) {
          bytes = Math.min(bytes, PtxType.of(m).map(t -> Math.max(1, t.bytes())).orElse(bytes));
        }
      }
    }
    return Integer.numberOfTrailingZeros(bytes);
  }
}
