package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.arith.Rounding.Mode;
import org.bitloom.emulator.exec.FloatFunction;
import org.bitloom.emulator.exec.IntFunction;
import org.bitloom.emulator.exec.IntLanesOp;
import org.bitloom.emulator.exec.LaneAddress;
import org.bitloom.emulator.exec.LongFunction;
import org.bitloom.emulator.exec.LongLanesOp;
import org.bitloom.emulator.exec.MixedLanesOp;
import org.bitloom.emulator.exec.MixedLanesOp.Row;
import org.bitloom.emulator.exec.NarrowOp;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.WideFunction;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Conversions of single numbers (PTX ISA 9.7.9.21 cvt) and of addresses (9.7.9.20 cvta). */
final class ConvertDecoder implements InstructionDecoder {
  private static final Set<String> KNOWN = Set.of("rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "ftz", "sat",
      "relu", "satfinite");

  private final Rows rows;

  ConvertDecoder(Rows rows) {
    this.rows = rows;
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    return switch (i.opcode()) {
      case "cvt" -> Optional.of(convert(i));
      case "cvta" -> Optional.of(address(i));
      default -> Optional.empty();
    };
  }

  private Op address(Instruction i) {
    List<Operand> o = i.operands();
    long window = MemoryDecoder.space(i).window();
    boolean toSpace = i.has("to");
    if (Words.type(i).bits() != 64) {
      throw new Unsupported("32-bit generic addresses");
    }
    int from = rows.longs(o.get(1));
    return new LongLanesOp((toSpace ? LongFunction.SUB : LongFunction.ADD).lanes(), rows.longs(o.get(0)), from,
        rows.constant(window),
        from);
  }

  private Op convert(Instruction i) {
    Words.only(i, KNOWN);
    PtxType to = Words.secondType(i);
    PtxType from = Words.type(i);
    List<Operand> o = i.operands();
    if (to.name().endsWith("X2") || from.name().endsWith("X2")) {
      return new PackedConversions(rows).decode(i, to, from);
    }
    boolean plain = i.modifiers().size() <= 3 && !i.has("rz") && !i.has("sat") && !i.has("rm") && !i.has("rp")
        && !i.has("ftz") && !i.has("relu");
    Row target = rows.anyRow(o.get(0), to.bits());
    Row source = rows.anyRow(o.get(1), from.bits());
    boolean narrowRows = target.width() == LaneAddress.Width.INT && source.width() == LaneAddress.Width.INT;
    if (plain && narrowRows) {
      Optional<Op> fast = fast(to, from, target.row(), source.row());
      if (fast.isPresent()) {
        return fast.get();
      }
    }
    if (plain && isInteger(to) && isInteger(from)) {
      Optional<Op> fast = fastWide(to, from, target, source);
      if (fast.isPresent()) {
        return fast.get();
      }
    }
    MixedLanesOp.Function function = function(i, to, from);
    int registerBits = target.width() == LaneAddress.Width.LONG ? 64 : registerBits(o.get(0), to);
    MixedLanesOp.Function stored = (a, b, c) -> extend(function.of(a, b, c), to, registerBits);
    return new MixedLanesOp(stored, target, source, source, source);
  }

  private static int registerBits(Operand operand, PtxType type) {
    return operand instanceof Operand.Register r ? Math.min(32, r.type().bits()) : type.bits();
  }

  /** A result in a register wider than its type is sign- or zero-extended (PTX ISA 9.4.1). */
  private static long extend(long value, PtxType type, int registerBits) {
    int unused = 64 - type.bits();
    long wide = type.signed() ? value << unused >> unused : value << unused >>> unused;
    return registerBits < 64 ? wide & (1L << registerBits) - 1 : wide;
  }

  private Optional<Op> fast(PtxType to, PtxType from, int target, int source) {
    return switch (to) {
      case F32 -> switch (from) {
        case F16 -> floats(FloatFunction.FROM_F16, target, source);
        case BF16 -> floats(FloatFunction.FROM_BF16, target, source);
        case S32 -> floats(FloatFunction.FROM_S32, target, source);
        default -> Optional.empty();
      };
      case F16 -> from == PtxType.F32 ? floats(FloatFunction.TO_F16, target, source) : Optional.empty();
      case BF16 -> from == PtxType.F32 ? floats(FloatFunction.TO_BF16, target, source) : Optional.empty();
      case U16 -> from.bits() == 32 && isInteger(from)
          ? Optional.of(new IntLanesOp(IntFunction.AND.lanes(), target, source, rows.constant(0xffff), source))
          : Optional.empty();
      case U32, S32 -> from == PtxType.U16 || from == PtxType.U32 || from == PtxType.S32
          ? Optional.of(new IntLanesOp(IntFunction.MOV.lanes(), target, source, source, source))
          : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Op> floats(FloatFunction kind, int to, int x) {
    return Optional.of(new IntLanesOp(kind.lanes(), to, x, x, x));
  }

  private Optional<Op> fastWide(PtxType to, PtxType from, Row target, Row source) {
    boolean toLong = target.width() == LaneAddress.Width.LONG;
    boolean fromLong = source.width() == LaneAddress.Width.LONG;
    if (toLong && !fromLong && to.bits() == 64 && (from.bits() == 32 || from == PtxType.U16)) {
      return Optional
          .of(new LongLanesOp((from.signed() ? WideFunction.EXTEND_S : WideFunction.EXTEND_U).lanes(), target.row(),
              source.row(), source.row(), target.row()));
    }
    if (!toLong && fromLong && to.bits() == 32) {
      return Optional.of(new NarrowOp(target.row(), source.row(), 0));
    }
    return Optional.empty();
  }

  private static boolean isInteger(PtxType t) {
    return switch (t) {
      case U8, S8, B8, U16, S16, B16, U32, S32, B32, U64, S64, B64 -> true;
      default -> false;
    };
  }

  private static MixedLanesOp.Function function(Instruction i, PtxType to, PtxType from) {
    if (isInteger(to) && isInteger(from)) {
      return i.has("sat") ? (a, b, c) -> saturate(integer(a, from), from, to) : (a, b, c) -> integer(a, from);
    }
    if (isInteger(from)) {
      Mode mode = mode(i);
      return (a, b, c) -> pack(toDouble(integer(a, from), from, to), to, mode);
    }
    if (isInteger(to)) {
      Mode mode = mode(i);
      boolean ftz = i.has("ftz");
      return (a, b, c) -> toInteger(value(a, from, ftz), to, mode);
    }
    boolean whole = i.has("rni") || i.has("rzi") || i.has("rmi") || i.has("rpi");
    Mode mode = mode(i);
    boolean ftz = i.has("ftz");
    boolean sat = i.has("sat");
    boolean relu = i.has("relu");
    return (a, b, c) -> {
      double x = value(a, from, ftz);
      if (whole) {
        x = Math.copySign(round(x, mode), x);
      }
      if (sat) {
        x = x > 0 ? Math.min(x, 1) : 0;
      }
      if (relu && x <= 0) {
        x = 0;
      }
      long result = pack(x, to, whole ? Mode.NEAREST_EVEN : mode);
      return ftz && to == PtxType.F32
          ? Float.floatToRawIntBits(Rounding.flush(Float.intBitsToFloat((int) result))) & 0xffffffffL
          : result;
    };
  }

  static Mode mode(Instruction i) {
    if (i.has("rz") || i.has("rzi")) {
      return Mode.ZERO;
    }
    if (i.has("rm") || i.has("rmi")) {
      return Mode.DOWN;
    }
    return i.has("rp") || i.has("rpi") ? Mode.UP : Mode.NEAREST_EVEN;
  }

  /** The low bits of a register read as {@code type}. */
  private static long integer(long bits, PtxType type) {
    int unused = 64 - type.bits();
    return type.signed() ? bits << unused >> unused : bits << unused >>> unused;
  }

  private static long saturate(long x, PtxType from, PtxType to) {
    boolean huge = !from.signed() && x < 0;
    if (to.signed()) {
      long max = (1L << (to.bits() - 1)) - 1;
      return huge ? max : Math.clamp(x, -max - 1, max);
    }
    if (to.bits() == 64) {
      return from.signed() && x < 0 ? 0 : x;
    }
    return huge ? (1L << to.bits()) - 1 : Math.clamp(x, 0, (1L << to.bits()) - 1);
  }

  /** 64-bit integers do not all fit a double: they are rounded to odd, so that the next rounding is the right one. */
  private static double toDouble(long x, PtxType from, PtxType to) {
    if (from.bits() < 64) {
      return (double) x;
    }
    if (to == PtxType.F64) {
      throw new Unsupported("conversion of 64-bit integers to .f64");
    }
    long high = from.signed() ? x >> 32 : x >>> 32;
    return Rounding.sumToOdd((double) high * 0x1p32, (double) (x & 0xffffffffL));
  }

  private static double value(long bits, PtxType type, boolean ftz) {
    return switch (type) {
      case F16 -> Rounding.f16((int) bits);
      case BF16 -> Rounding.bf16((int) bits);
      case F32 -> {
        float x = Float.intBitsToFloat((int) bits);
        yield ftz ? Rounding.flush(x) : x;
      }
      case F64 -> Double.longBitsToDouble(bits);
      default -> throw new Unsupported("cvt from ." + type.name().toLowerCase(Locale.ROOT));
    };
  }

  private static long pack(double x, PtxType type, Mode mode) {
    return switch (type) {
      case F16 -> Rounding.toF16(x, mode);
      case BF16 -> Rounding.toBf16(x, mode);
      case F32 -> Rounding.toF32(x, mode) & 0xffffffffL;
      case F64 -> Double.doubleToRawLongBits(x);
      default -> throw new Unsupported("cvt to ." + type.name().toLowerCase(Locale.ROOT));
    };
  }

  private static double round(double x, Mode mode) {
    return switch (mode) {
      case NEAREST_EVEN -> Math.rint(x);
      case ZERO -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case DOWN -> Math.floor(x);
      case UP -> Math.ceil(x);
    };
  }

  /** Out-of-range numbers become the nearest limit, NaN becomes 0 (PTX ISA 9.7.9.21, integer notes). */
  private static long toInteger(double x, PtxType to, Mode mode) {
    double r = round(x, mode);
    if (Double.isNaN(r)) {
      return to.bits() == 64 ? Long.MIN_VALUE : 0;
    }
    if (to.bits() == 64) {
      if (!to.signed()) {
        return r <= 0 ? 0 : r >= 0x1p64 ? -1 : r < 0x1p63 ? (long) r : (long) (r - 0x1p63) ^ Long.MIN_VALUE;
      }
      return (long) r;
    }
    double max = to.signed() ? Math.scalb(1.0, to.bits() - 1) - 1 : Math.scalb(1.0, to.bits()) - 1;
    double min = to.signed() ? -max - 1 : 0;
    return (long) Math.clamp(r, min, max);
  }
}
