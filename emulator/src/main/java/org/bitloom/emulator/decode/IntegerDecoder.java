package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.bitloom.emulator.exec.Bits;
import org.bitloom.emulator.exec.IntFunction;
import org.bitloom.emulator.exec.IntLanes;
import org.bitloom.emulator.exec.IntLanesOp;
import org.bitloom.emulator.exec.LongFunction;
import org.bitloom.emulator.exec.LongLanesOp;
import org.bitloom.emulator.exec.LongShift;
import org.bitloom.emulator.exec.Lop3;
import org.bitloom.emulator.exec.MixedLanesOp;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.PredicateOp;
import org.bitloom.emulator.exec.WideFunction;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

import static org.bitloom.emulator.ptx.PtxType.S16;
import static org.bitloom.emulator.ptx.PtxType.S32;
import static org.bitloom.emulator.ptx.PtxType.S64;

/** Integer arithmetic, logic and shifts (PTX ISA 9.7.1, 9.7.2, 9.7.8, 9.7.9.7). */
final class IntegerDecoder implements InstructionDecoder {
  private final Rows rows;
  private final CarryDecoder carries;

  IntegerDecoder(Rows rows) {
    this.rows = rows;
    this.carries = new CarryDecoder(rows);
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    List<Operand> o = i.operands();
    return switch (i.opcode()) {
      case "add", "sub" -> isInteger(i) ? Optional.of(sum(i)) : Optional.empty();
      case "addc", "subc" -> Optional.of(carries.decode(i));
      case "mul", "mad" -> isInteger(i) ? Optional.of(product(i)) : Optional.empty();
      case "mul24", "mad24" -> Optional.of(product24(i));
      case "div", "rem" -> isInteger(i) ? Optional.of(quotient(i)) : Optional.empty();
      case "min", "max" -> isInteger(i) ? Optional.of(extreme(i)) : Optional.empty();
      case "neg", "abs" -> isInteger(i) ? Optional.of(sign(i)) : Optional.empty();
      case "and", "or", "xor", "not" -> Optional.of(logic(i));
      case "cnot" -> Optional.of(ints(i, (a, b, c) -> a == 0 ? 1 : 0));
      case "shl", "shr" -> Optional.of(shift(i));
      case "lop3" -> Optional.of(new IntLanesOp(new Lop3((int) immediate(o.get(4))), rows.ints(o.get(0)),
          rows.ints(o.get(1)), rows.ints(o.get(2)), rows.ints(o.get(3))));
      case "shf" -> Optional.of(funnel(i));
      case "prmt" -> Optional.of(permute(i));
      case "popc", "clz", "brev", "bfind", "bfe", "bfi", "fns" -> Optional.of(bits(i));
      case "sad" -> Optional.of(ints(i, Words.type(i) == S32
          ? (a, b, c) -> c + (a < b ? b - a : a - b)
          : (a, b, c) -> c + (Integer.compareUnsigned(a, b) < 0 ? b - a : a - b)));
      case "dp4a", "dp2a" -> Optional.of(dot(i));
      default -> Optional.empty();
    };
  }

  private static boolean isInteger(Instruction i) {
    return switch (Words.type(i)) {
      case U8, S8, B8, U16, S16, B16, U32, S32, B32, U64, S64, B64 -> true;
      default -> false;
    };
  }

  static long immediate(Operand o) {
    if (o instanceof Operand.Immediate i) {
      return i.bits();
    }
    throw new Unsupported("operand " + o + " where a constant is wanted");
  }

  private Op sum(Instruction i) {
    boolean add = i.opcode().equals("add");
    if (i.has("cc")) {
      return carries.decode(i);
    }
    Words.only(i, Set.of("sat"));
    PtxType type = Words.type(i);
    if (i.has("sat")) {
      return ints(i, add
          ? (a, b, c) -> saturate((long) a + b)
          : (a, b, c) -> saturate((long) a - b));
    }
    return switch (type.bits()) {
      case 16 -> ints(i, add ? (a, b, c) -> a + b & 0xffff : (a, b, c) -> a - b & 0xffff);
      case 32 -> ints(i, add ? IntFunction.ADD : IntFunction.SUB);
      default -> longs(i, add ? LongFunction.ADD : LongFunction.SUB);
    };
  }

  private static int saturate(long x) {
    return Math.clamp(x, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private Op product(Instruction i) {
    Words.only(i, Set.of("lo", "hi", "wide"));
    PtxType type = Words.type(i);
    boolean mad = i.opcode().equals("mad");
    boolean signed = type.signed();
    if (i.has("wide")) {
      return wide(i, type, mad);
    }
    boolean high = i.has("hi");
    if (type.bits() == 64) {
      if (!high) {
        return longs(i, mad ? LongFunction.MAD : LongFunction.MUL);
      }
      MixedLanesOp.Function f = signed
          ? (a, b, c) -> Math.multiplyHigh(a, b)
          : (a, b, c) -> Math.unsignedMultiplyHigh(a, b);
      return mixed(i, 64, mad ? (a, b, c) -> f.of(a, b, c) + c : f);
    }
    if (type.bits() == 16) {
      int shift = high ? 16 : 0;
      IntLanes.Function f = signed
          ? (a, b, c) -> (((short) a * (short) b) >> shift) + (mad ? c : 0) & 0xffff
          : (a, b, c) -> ((a * b) >>> shift) + (mad ? c : 0) & 0xffff;
      return ints(i, f);
    }
    if (!high) {
      return ints(i, mad ? IntFunction.MAD : IntFunction.MUL);
    }
    return ints(i, signed
        ? (a, b, c) -> (int) (((long) a * b) >> 32) + (mad ? c : 0)
        : (a, b, c) -> (int) (((a & 0xffffffffL) * (b & 0xffffffffL)) >>> 32) + (mad ? c : 0));
  }

  private Op wide(Instruction i, PtxType type, boolean mad) {
    List<Operand> o = i.operands();
    if (type.bits() == 16) {
      return ints(i, type == S16
          ? (a, b, c) -> (short) a * (short) b + (mad ? c : 0)
          : (a, b, c) -> a * b + (mad ? c : 0));
    }
    if (type.bits() != 32) {
      throw new Unsupported("wide product of 64-bit numbers");
    }
    WideFunction kind = type.signed()
        ? mad ? WideFunction.MAD_S : WideFunction.MUL_S
        : mad ? WideFunction.MAD_U : WideFunction.MUL_U;
    int to = rows.longs(o.get(0));
    return new LongLanesOp(kind.lanes(), to, rows.ints(o.get(1)), rows.ints(o.get(2)), mad ? rows.longs(o.get(3)) : to);
  }

  private Op product24(Instruction i) {
    Words.only(i, Set.of("lo", "hi"));
    boolean signed = Words.type(i).signed();
    int shift = i.has("hi") ? 16 : 0;
    boolean mad = i.opcode().equals("mad24");
    return ints(i, (a, b, c) -> {
      long x = signed ? a << 8 >> 8 : a & 0xffffff;
      long y = signed ? b << 8 >> 8 : b & 0xffffff;
      return (int) ((x * y) >> shift) + (mad ? c : 0);
    });
  }

  /** PTX leaves division by 0 open; an H100 answers with all ones, also for rem. */
  private Op quotient(Instruction i) {
    PtxType type = Words.type(i);
    boolean rem = i.opcode().equals("rem");
    return switch (type.bits()) {
      case 16 -> ints(i, type == S16
          ? (a, b, c) -> ((short) b == 0 ? -1 : rem ? (short) a % (short) b : (short) a / (short) b) & 0xffff
          : (a, b, c) -> b == 0 ? 0xffff : rem ? a % b : a / b);
      case 32 -> ints(i, type == S32
          ? (a, b, c) -> b == 0 ? -1 : rem ? a % b : a / b
          : (a, b, c) -> b == 0 ? -1 : rem ? Integer.remainderUnsigned(a, b) : Integer.divideUnsigned(a, b));
      default -> mixed(i, 64, type == S64
          ? (a, b, c) -> b == 0 ? -1 : rem ? a % b : a / b
          : (a, b, c) -> b == 0 ? -1 : rem ? Long.remainderUnsigned(a, b) : Long.divideUnsigned(a, b));
    };
  }

  private Op extreme(Instruction i) {
    Words.only(i, Set.of());
    PtxType type = Words.type(i);
    boolean min = i.opcode().equals("min");
    boolean signed = type.signed();
    return switch (type.bits()) {
      case 16 -> ints(i, signed
          ? (a, b, c) -> (min ? Math.min((short) a, (short) b) : Math.max((short) a, (short) b)) & 0xffff
          : (a, b, c) -> min ? Math.min(a, b) : Math.max(a, b));
      case 32 -> ints(i, signed
          ? min ? IntFunction.MIN_S : IntFunction.MAX_S
          : min ? IntFunction.MIN_U : IntFunction.MAX_U);
      default -> longs(i, signed
          ? min ? LongFunction.MIN_S : LongFunction.MAX_S
          : min ? LongFunction.MIN_U : LongFunction.MAX_U);
    };
  }

  private Op sign(Instruction i) {
    boolean neg = i.opcode().equals("neg");
    return switch (Words.type(i).bits()) {
      case 16 -> ints(i, neg ? (a, b, c) -> -a & 0xffff : (a, b, c) -> Math.abs((short) a) & 0xffff);
      case 32 -> neg ? ints(i, IntFunction.NEG) : ints(i, (a, b, c) -> a < 0 ? -a : a);
      default -> neg ? longs(i, LongFunction.NEG) : mixed(i, 64, (a, b, c) -> a < 0 ? -a : a);
    };
  }

  private Op logic(Instruction i) {
    PtxType type = Words.type(i);
    List<Operand> o = i.operands();
    if (type == PtxType.PRED) {
      PredicateOp.Kind kind = PredicateOp.Kind.valueOf(i.opcode().toUpperCase(java.util.Locale.ROOT));
      return new PredicateOp(kind, rows.predicate(o.get(0)), rows.predicateSource(o.get(1)),
          rows.predicateSource(o.getLast()));
    }
    if (type.bits() == 64) {
      return longs(i, LongFunction.valueOf(i.opcode().toUpperCase(java.util.Locale.ROOT)));
    }
    if (type.bits() == 16 && i.opcode().equals("not")) {
      return ints(i, (a, b, c) -> ~a & 0xffff);
    }
    return ints(i, IntFunction.valueOf(i.opcode().toUpperCase(java.util.Locale.ROOT)));
  }

  private Op shift(Instruction i) {
    PtxType type = Words.type(i);
    List<Operand> o = i.operands();
    boolean left = i.opcode().equals("shl");
    boolean signed = type.signed();
    return switch (type.bits()) {
      case 16 -> {
        int to = rows.ints(o.get(0), 16);
        int from = rows.ints(o.get(1), 16);
        int by = rows.ints(o.get(2));
        yield IntLanesOp.of(left
            ? (a, b, c) -> Integer.compareUnsigned(b, 15) > 0 ? 0 : a << b & 0xffff
            : signed
                ? (a, b, c) -> (short) a >> (Integer.compareUnsigned(b, 15) > 0 ? 15 : b) & 0xffff
                : (a, b, c) -> Integer.compareUnsigned(b, 15) > 0 ? 0 : a >>> b,
            to, from, by, from);
      }
      case 32 -> ints(i, left ? IntFunction.SHL : signed ? IntFunction.SHR_S : IntFunction.SHR_U);
      default -> new LongLanesOp(
          (left ? LongShift.SHL : signed ? LongShift.SHR_S : LongShift.SHR_U).lanes(),
          rows.longs(o.get(0)), rows.longs(o.get(1)), rows.ints(o.get(2)), rows.ints(o.get(2)));
    };
  }

  private Op funnel(Instruction i) {
    Words.only(i, Set.of("l", "r", "wrap", "clamp"));
    boolean left = i.has("l");
    if (i.has("wrap")) {
      return ints(i, left ? IntFunction.SHF_L_WRAP : IntFunction.SHF_R_WRAP);
    }
    return ints(i, left
        ? (a, b, c) -> (int) (both(a, b) << Math.min(c & 0xffffffffL, 32) >>> 32)
        : (a, b, c) -> (int) (both(a, b) >>> Math.min(c & 0xffffffffL, 32)));
  }

  private static long both(int low, int high) {
    return (low & 0xffffffffL) | (long) high << 32;
  }

  private Op permute(Instruction i) {
    Words.only(i, Set.of("f4e", "b4e", "rc8", "ecl", "ecr", "rc16"));
    String mode = i.modifiers().getLast();
    if (mode.equals("b32")) {
      return ints(i, IntFunction.PRMT);
    }
    return ints(i, (a, b, c) -> Bits.permute(a, b, Bits.modeSelector(mode, c)));
  }

  private Op bits(Instruction i) {
    Words.only(i, Set.of("shiftamt"));
    PtxType type = Words.type(i);
    List<Operand> o = i.operands();
    boolean wide = type.bits() == 64;
    switch (i.opcode()) {
      case "popc" -> {
        return wide ? toInt(i, (a, b, c) -> Long.bitCount(a)) : ints(i, IntFunction.POPC);
      }
      case "clz" -> {
        return wide ? toInt(i, (a, b, c) -> Long.numberOfLeadingZeros(a)) : ints(i, IntFunction.CLZ);
      }
      case "brev" -> {
        return wide ? mixed(i, 64, (a, b, c) -> Long.reverse(a)) : ints(i, IntFunction.BREV);
      }
      case "bfe" -> {
        if (wide) {
          if (type.signed()) {
            throw new Unsupported("bfe.s64");
          }
          return new MixedLanesOp((a, b, c) -> Bits.extract(a, (int) b & 255, (int) c & 255), rows.row(o.get(0), 64),
              rows.row(o.get(1), 64), rows.row(o.get(2), 32), rows.row(o.get(3), 32));
        }
        return ints(i, type.signed() ? IntFunction.BFE_S : IntFunction.BFE_U);
      }
      case "bfi" -> {
        return insert(i, wide);
      }
      case "bfind" -> {
        if (wide) {
          throw new Unsupported("bfind of 64-bit numbers");
        }
        boolean amount = i.has("shiftamt");
        boolean signed = type.signed();
        return ints(i, (a, b, c) -> {
          int found = Bits.find(signed && a < 0 ? ~a : a);
          return amount && found >= 0 ? 31 - found : found;
        });
      }
      default -> throw new Unsupported("'" + i.opcode() + "'");
    }
  }

  /** bfi has four sources; position and length are joined in a row of their own. */
  private Op insert(Instruction i, boolean wide) {
    List<Operand> o = i.operands();
    int position = rows.ints(o.get(3));
    int length = rows.ints(o.get(4));
    int bits = wide ? 64 : 32;
    return new org.bitloom.emulator.exec.InsertBitsOp(rows.row(o.get(0), bits), rows.row(o.get(1), bits),
        rows.row(o.get(2), bits), position, length);
  }

  private Op dot(Instruction i) {
    Words.only(i, Set.of("lo", "hi"));
    boolean signedA = Words.secondType(i).signed();
    boolean signedB = Words.type(i).signed();
    if (i.opcode().equals("dp4a")) {
      return ints(i, (a, b, c) -> Bits.dot4(a, b, c, signedA, signedB));
    }
    int high = i.has("hi") ? 16 : 0;
    return ints(i, (a, b, c) -> Bits.dot2(a, b, c, signedA, signedB, high));
  }

  private static int bitsOf(Instruction i) {
    return i.opcode().equals("prmt") ? 32 : Math.min(32, Words.type(i).bits());
  }

  private Op ints(Instruction i, IntFunction kind) {
    List<Operand> o = i.operands();
    int bits = bitsOf(i);
    int to = rows.ints(o.get(0), bits);
    int x = rows.ints(o.get(1), bits);
    return new IntLanesOp(kind.lanes(), to, x, o.size() > 2 ? rows.ints(o.get(2), bits) : x,
        o.size() > 3 ? rows.ints(o.get(3), bits) : x);
  }

  private Op ints(Instruction i, IntLanes.Function function) {
    List<Operand> o = i.operands();
    int bits = bitsOf(i);
    int to = rows.ints(o.get(0), bits);
    int x = rows.ints(o.get(1), bits);
    return IntLanesOp.of(function, to, x, o.size() > 2 ? rows.ints(o.get(2), bits) : x,
        o.size() > 3 ? rows.ints(o.get(3), bits) : x);
  }

  private Op longs(Instruction i, LongFunction kind) {
    List<Operand> o = i.operands();
    int x = rows.longs(o.get(1));
    return new LongLanesOp(kind.lanes(), rows.longs(o.get(0)), x, o.size() > 2 ? rows.longs(o.get(2)) : x,
        o.size() > 3 ? rows.longs(o.get(3)) : x);
  }

  private Op mixed(Instruction i, int bits, MixedLanesOp.Function function) {
    List<Operand> o = i.operands();
    MixedLanesOp.Row x = rows.row(o.get(1), bits);
    return new MixedLanesOp(function, rows.row(o.get(0), bits), x, o.size() > 2 ? rows.row(o.get(2), bits) : x,
        o.size() > 3 ? rows.row(o.get(3), bits) : x);
  }

  private Op toInt(Instruction i, MixedLanesOp.Function function) {
    MixedLanesOp.Row x = rows.row(i.operands().get(1), 64);
    return new MixedLanesOp(function, rows.row(i.operands().get(0), 32), x, x, x);
  }
}
