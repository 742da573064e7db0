package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bitloom.codegen.target.MmaType;
import org.bitloom.emulator.exec.ControlOps;
import org.bitloom.emulator.exec.MatrixDescriptor.Major;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.PredicateSource;
import org.bitloom.emulator.exec.WarpgroupMmaOp;
import org.bitloom.emulator.exec.WarpgroupMmaOp.SourceA;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** wgmma of sm_90a (PTX ISA 9.7.16). */
final class WarpgroupDecoder implements InstructionDecoder {
  private static final Pattern SHAPE = Pattern.compile("m64n(\\d+)k(\\d+)");

  private final Rows rows;

  WarpgroupDecoder(Rows rows) {
    this.rows = rows;
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    if (!i.opcode().equals("wgmma")) {
      return Optional.empty();
    }
    return Optional.of(switch (i.modifiers().getFirst()) {
      case "fence" -> ControlOps.Act.fenceProducts();
      case "commit_group" -> ControlOps.Act.commitProducts();
      case "wait_group" -> ControlOps.Act.waitProducts((int) IntegerDecoder.immediate(i.operands().getFirst()));
      case "mma_async" -> multiply(i);
      default -> throw new Unsupported("this form of 'wgmma'");
    });
  }

  private Op multiply(Instruction i) {
    List<String> m = i.modifiers();
    Matcher shape = SHAPE.matcher(m.get(3));
    if (!shape.matches() || i.has("sp")) {
      throw new Unsupported("shape '" + m.get(3) + "' of wgmma");
    }
    int n = Integer.parseInt(shape.group(1));
    int k = Integer.parseInt(shape.group(2));
    MmaType d = type(m.get(4));
    MmaType a = type(m.get(5));
    MmaType b = type(m.get(6));
    if (k * a.bits() != 256 || n % 8 != 0 || n > 256 || d.bits() != 32) {
      throw new Unsupported("'" + String.join(".", m) + "'");
    }
    checkRest(m.subList(7, m.size()), a);
    List<Operand> o = i.operands();
    int[] accumulators = registers(o.get(0));
    if (accumulators.length != n / 2) {
      throw new Unsupported(accumulators.length + " accumulators, not " + n / 2);
    }
    SourceA source = source(o.get(1));
    PredicateSource keep = rows.predicateSource(o.get(3));
    boolean half = a.bits() == 16;
    int signA = o.size() > 4 ? (int) IntegerDecoder.immediate(o.get(4)) : 1;
    int signB = o.size() > 4 ? (int) IntegerDecoder.immediate(o.get(5)) : 1;
    boolean inRegisters = source instanceof SourceA.Registers;
    Major majorA = half && !inRegisters ? major(o.get(6)) : Major.K;
    Major majorB = half ? major(o.get(inRegisters ? 6 : 7)) : Major.K;
    return new WarpgroupMmaOp(new WarpgroupMmaOp.Form(n, k, a, b, signA, signB, majorA, majorB), accumulators, source,
        rows.longs(o.get(2)), keep);
  }

  private static void checkRest(List<String> rest, MmaType a) {
    List<String> expected = a == MmaType.B1 ? List.of("and", "popc") : List.of();
    if (!rest.equals(expected)) {
      throw new Unsupported("modifiers " + rest + " of wgmma");
    }
  }

  private static MmaType type(String name) {
    try {
      return MmaType.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Unsupported("type '." + name + "' of wgmma");
    }
  }

  private static Major major(Operand transposed) {
    return IntegerDecoder.immediate(transposed) == 0 ? Major.K : Major.MN;
  }

  private SourceA source(Operand operand) {
    if (operand instanceof Operand.Vector v) {
      int[] r = registers(v);
      return new SourceA.Registers(r[0], r[1], r[2], r[3]);
    }
    return new SourceA.Shared(rows.longs(operand));
  }

  private int[] registers(Operand operand) {
    List<Operand> parts = operand instanceof Operand.Vector v ? v.elements() : List.of(operand);
    return parts.stream().mapToInt(rows::ints).toArray();
  }
}
