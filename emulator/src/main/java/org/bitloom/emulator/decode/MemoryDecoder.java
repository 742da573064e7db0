package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.bitloom.emulator.exec.AtomicOp;
import org.bitloom.emulator.exec.ControlOps;
import org.bitloom.emulator.exec.Element;
import org.bitloom.emulator.exec.LaneAddress;
import org.bitloom.emulator.exec.LoadOp;
import org.bitloom.emulator.exec.LoadParameterOp;
import org.bitloom.emulator.exec.MixedLanesOp.Row;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.Space;
import org.bitloom.emulator.exec.StoreOp;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Loads, stores and atomics (PTX ISA 9.7.9.8 to .12, 9.7.13.5 to .7). */
final class MemoryDecoder implements InstructionDecoder {
  private static final Set<String> SPACES = Set.of("global", "shared", "shared::cta", "shared::cluster", "local",
      "const", "param");
  private static final Set<String> ORDERS = Set.of("weak", "volatile", "relaxed", "acquire", "release", "acq_rel",
      "cta",
      "cluster", "gpu", "sys", "mmio");
  private static final Set<String> CACHES = Set.of("nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "unified",
      "L1::evict_normal",
      "L1::evict_unchanged", "L1::evict_first", "L1::evict_last", "L1::no_allocate", "L2::cache_hint", "L2::64B",
      "L2::128B", "L2::256B", "L2::evict_first", "L2::evict_last", "L2::evict_normal");

  private final Rows rows;

  MemoryDecoder(Rows rows) {
    this.rows = rows;
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    return switch (i.opcode()) {
      case "ld", "ldu" -> Optional.of(load(i));
      case "st" -> i.has("async") ? Optional.empty() : Optional.of(store(i));
      case "atom" -> Optional.of(atomic(i, i.operands().get(0), 1));
      case "red" -> i.has("async") ? Optional.empty() : Optional.of(atomic(i, new Operand.Sink(), 0));
      case "membar", "fence" -> Optional.of(i.modifiers().stream().anyMatch(m -> m.startsWith("async"))
          ? ControlOps.Act.fenceProxy()
          : ControlOps.Act.fence());
      case "prefetch", "prefetchu", "applypriority", "discard" -> Optional.of(ControlOps.Act.nothing());
      default -> Optional.empty();
    };
  }

  /** The state space that an instruction names. */
  static Space space(Instruction i) {
    if (i.has("global") || i.has("const")) {
      return Space.GLOBAL;
    }
    if (i.has("shared") || i.has("shared::cta") || i.has("shared::cluster")) {
      return Space.SHARED;
    }
    return i.has("local") ? Space.LOCAL : Space.GENERIC;
  }

  private void check(Instruction i) {
    for (String m : i.modifiers()) {
      if (PtxType.of(m).isEmpty() && !SPACES.contains(m) && !ORDERS.contains(m) && !CACHES.contains(m)
          && !Set.of("v2", "v4", "v8").contains(m)) {
        throw new Unsupported("modifier '." + m + "' of '" + i.opcode() + "' is not known");
      }
    }
  }

  private Op load(Instruction i) {
    check(i);
    PtxType type = Words.type(i);
    List<Operand> parts = parts(i.operands().get(0));
    Element element = element(type, parts);
    int[] to = parts.stream().mapToInt(p -> p instanceof Operand.Sink ? -1 : row(p, element)).toArray();
    if (i.has("param")) {
      if (i.operands().get(1) instanceof Operand.Memory m && m.base() instanceof Operand.Symbol s) {
        return new LoadParameterOp((int) (rows.address(s) + m.offset()), element, to);
      }
      throw new Unsupported("parameters are read by name only");
    }
    return new LoadOp(space(i), rows.address(i.operands().get(1)), element, to);
  }

  private Op store(Instruction i) {
    check(i);
    PtxType type = Words.type(i);
    List<Operand> parts = parts(i.operands().get(1));
    Element element = element(type, parts);
    return new StoreOp(space(i), rows.address(i.operands().get(0)), element,
        parts.stream().mapToInt(p -> row(p, element)).toArray());
  }

  private int row(Operand operand, Element element) {
    return element.registerBits() == 64
        ? rows.longs(operand)
        : rows.ints(operand, Math.min(32, element.registerBits()));
  }

  private static List<Operand> parts(Operand operand) {
    return operand instanceof Operand.Vector v ? v.elements() : List.of(operand);
  }

  private static Element element(PtxType type, List<Operand> parts) {
    if (type.bits() > 64) {
      throw new Unsupported("memory accesses of ." + type.name().toLowerCase(Locale.ROOT));
    }
    int bits = type.bits() == 64 ? 64 : 32;
    for (Operand part : parts) {
      if (part instanceof Operand.Register r) {
        bits = Math.max(16, r.type().bits());
      }
    }
    return new Element(type.bytes(), type.signed() ? Element.Extension.SIGN : Element.Extension.ZERO, bits);
  }

  /** @param first index of the address operand */
  private Op atomic(Instruction i, Operand result, int first) {
    List<Operand> o = i.operands();
    PtxType type = Words.type(i);
    Space space = space(i);
    LaneAddress address = rows.address(o.get(first));
    String operation = i.modifiers().stream().filter(AtomicFunctions::isOperation).findFirst()
        .orElseThrow(() -> new Unsupported("this operation of '" + i.opcode() + "'"));
    if (i.has("noftz") && type != PtxType.F16X2 && type != PtxType.BF16X2) {
      throw new Unsupported(".noftz of ." + type.name().toLowerCase(Locale.ROOT));
    }
    if (i.has("v2") || i.has("v4") || i.has("v8")) {
      throw new Unsupported("vector atomics");
    }
    if (type.bits() != 32 && type.bits() != 64) {
      throw new Unsupported("atomics of ." + type.name().toLowerCase(Locale.ROOT));
    }
    AtomicOp.Function function = AtomicFunctions.of(operation, type);
    Row b = rows.row(o.get(first + 1), type.bits());
    Row c = operation.equals("cas") ? rows.row(o.get(first + 2), type.bits()) : b;
    Row to = result instanceof Operand.Sink ? new Row(b.width(), -1) : rows.row(result, type.bits());
    return new AtomicOp(space, address, type.bytes(), function, to, b, c);
  }
}
