package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Locale;

import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.exec.CompareOp;
import org.bitloom.emulator.exec.CompareOp.Combine;
import org.bitloom.emulator.exec.CompareOp.IntRelation;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.PredicateSource;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** setp (PTX ISA 9.7.5.2), for all integer and floating-point types. */
final class CompareDecoder {
  private final Rows rows;

  CompareDecoder(Rows rows) {
    this.rows = rows;
  }

  Op setp(Instruction i) {
    List<Operand> o = i.operands();
    PtxType type = Words.type(i);
    int to = rows.predicate(o.get(0) instanceof Operand.Pair p ? p.first() : o.get(0));
    int complement = o.get(0) instanceof Operand.Pair p ? rows.predicate(p.second()) : -1;
    String relation = i.modifiers().getFirst();
    Combine combine = i.has("and") ? Combine.AND : i.has("or") ? Combine.OR : i.has("xor") ? Combine.XOR : Combine.NONE;
    PredicateSource with = combine == Combine.NONE ? PredicateSource.TRUE : rows.predicateSource(o.get(3));
    return new CompareOp(test(relation, type, i), to, complement, combine, with);
  }

  private CompareOp.Test test(String relation, PtxType type, Instruction i) {
    Operand x = i.operands().get(1);
    Operand y = i.operands().get(2);
    boolean ftz = i.has("ftz");
    return switch (type) {
      case B32, U32, S32 -> new CompareOp.IntTest(intRelation(relation, type), rows.ints(x), rows.ints(y));
      case B16, U16, S16, B64, U64, S64 -> new CompareOp.LaneTest(integers(intRelation(relation, type), type),
          rows.row(x, type.bits()), rows.row(y, type.bits()));
      case F32, F16, BF16, F64 -> new CompareOp.LaneTest(floats(relation, type, ftz), rows.row(x, type.bits()),
          rows.row(y, type.bits()));
      default -> throw new Unsupported("setp of ." + type.name().toLowerCase(Locale.ROOT));
    };
  }

  private static IntRelation intRelation(String relation, PtxType type) {
    IntRelation r;
    try {
      r = IntRelation.valueOf(relation.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Unsupported("comparison '." + relation + "' of integers");
    }
    if (type.signed()) {
      return r;
    }
    return switch (r) {
      case LT -> IntRelation.LO;
      case LE -> IntRelation.LS;
      case GT -> IntRelation.HI;
      case GE -> IntRelation.HS;
      default -> r;
    };
  }

  private static CompareOp.LongRelation integers(IntRelation relation, PtxType type) {
    int unused = 64 - type.bits();
    return switch (relation) {
      case EQ -> (a, b) -> a == b;
      case NE -> (a, b) -> a != b;
      case LT -> (a, b) -> a << unused < b << unused;
      case LE -> (a, b) -> a << unused <= b << unused;
      case GT -> (a, b) -> a << unused > b << unused;
      case GE -> (a, b) -> a << unused >= b << unused;
      case LO -> (a, b) -> Long.compareUnsigned(a, b) < 0;
      case LS -> (a, b) -> Long.compareUnsigned(a, b) <= 0;
      case HI -> (a, b) -> Long.compareUnsigned(a, b) > 0;
      case HS -> (a, b) -> Long.compareUnsigned(a, b) >= 0;
    };
  }

  /** A relation of two doubles. */
  private interface DoubleRelation {
    boolean holds(double a, double b);
  }

  private static CompareOp.LongRelation floats(String relation, PtxType type, boolean ftz) {
    DoubleRelation r = switch (relation) {
      case "eq" -> (a, b) -> a == b;
      case "ne" -> (a, b) -> a < b || a > b;
      case "lt" -> (a, b) -> a < b;
      case "le" -> (a, b) -> a <= b;
      case "gt" -> (a, b) -> a > b;
      case "ge" -> (a, b) -> a >= b;
      case "equ" -> (a, b) -> !(a < b || a > b);
      case "neu" -> (a, b) -> a != b;
      case "ltu" -> (a, b) -> !(a >= b);
      case "leu" -> (a, b) -> !(a > b);
      case "gtu" -> (a, b) -> !(a <= b);
      case "geu" -> (a, b) -> !(a < b);
      case "num" -> (a, b) -> !Double.isNaN(a) && !Double.isNaN(b);
      case "nan" -> (a, b) -> Double.isNaN(a) || Double.isNaN(b);
      default -> throw new Unsupported("comparison '." + relation + "'");
    };
    return (a, b) -> r.holds(value(a, type, ftz), value(b, type, ftz));
  }

  private static double value(long bits, PtxType type, boolean ftz) {
    return switch (type) {
      case F16 -> Rounding.f16((int) bits);
      case BF16 -> Rounding.bf16((int) bits);
      case F32 -> ftz ? Rounding.flush(Float.intBitsToFloat((int) bits)) : Float.intBitsToFloat((int) bits);
      default -> Double.longBitsToDouble(bits);
    };
  }
}
