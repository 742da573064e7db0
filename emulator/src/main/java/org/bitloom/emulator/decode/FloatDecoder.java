package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.bitloom.emulator.arith.Floats;
import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.arith.Rounding.Mode;
import org.bitloom.emulator.exec.FloatFunction;
import org.bitloom.emulator.exec.IntLanes;
import org.bitloom.emulator.exec.IntLanesOp;
import org.bitloom.emulator.exec.MixedLanesOp;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.PackedHalfFunction;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

import static org.bitloom.emulator.arith.Rounding.bf16;
import static org.bitloom.emulator.arith.Rounding.f16;
import static org.bitloom.emulator.arith.Rounding.flush;

/** Floating-point arithmetic in f32, f64, f16, bf16 and packed pairs (PTX ISA 9.7.3, 9.7.4). */
final class FloatDecoder implements InstructionDecoder {
  private static final Set<String> KNOWN = Set.of("rn", "rz", "rm", "rp", "ftz", "sat", "relu", "approx", "full",
      "NaN");

  private final Rows rows;

  FloatDecoder(Rows rows) {
    this.rows = rows;
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    return switch (i.opcode()) {
      case "add", "sub", "mul", "fma", "mad", "min", "max", "neg", "abs", "div", "rcp", "sqrt", "rsqrt", "ex2", "lg2",
          "sin", "cos", "tanh" ->
        Optional.of(operation(i));
      default -> Optional.empty();
    };
  }

  private Op operation(Instruction i) {
    Words.only(i, KNOWN);
    PtxType type = Words.type(i);
    return switch (type) {
      case F32 -> single(i);
      case F64 -> wide(i);
      case F16, BF16 -> scalarHalf(i, type == PtxType.F16);
      case F16X2, BF16X2 -> packed(i, type == PtxType.F16X2);
      default -> throw new Unsupported("'" + i.opcode() + "' of ." + type.name().toLowerCase(java.util.Locale.ROOT));
    };
  }

  private Op single(Instruction i) {
    boolean plain = i.modifiers().stream().allMatch(m -> m.equals("rn") || m.equals("f32"));
    if (plain) {
      switch (i.opcode()) {
        case "add", "sub", "mul", "fma", "min", "max", "neg", "abs" -> {
          return fast(i, FloatFunction.valueOf(i.opcode().toUpperCase(java.util.Locale.ROOT)));
        }
        case "mad" -> {
          return fast(i, FloatFunction.FMA);
        }
        default -> {
          // handled below
        }
      }
    }
    IntLanes.Function exact = function(i);
    boolean ftz = i.has("ftz");
    boolean sat = i.has("sat");
    if (!ftz && !sat) {
      return ints(i, exact);
    }
    return ints(i, (a, b, c) -> {
      int result = ftz
          ? flushed(exact.of(flushed(a), flushed(b), flushed(c)))
          : exact.of(a, b, c);
      return sat ? Float.floatToRawIntBits(Floats.saturate(Float.intBitsToFloat(result))) : result;
    });
  }

  private static int flushed(int bits) {
    return Float.floatToRawIntBits(flush(Float.intBitsToFloat(bits)));
  }

  private static float f(int bits) {
    return Float.intBitsToFloat(bits);
  }

  private static Mode mode(Instruction i) {
    return i.has("rz") ? Mode.ZERO : i.has("rm") ? Mode.DOWN : i.has("rp") ? Mode.UP : Mode.NEAREST_EVEN;
  }

  /** The operation on f32 bits, without .ftz and .sat; approximate functions are computed accurately. */
  private static IntLanes.Function function(Instruction i) {
    Mode mode = mode(i);
    boolean nan = i.has("NaN");
    return switch (i.opcode()) {
      case "add" -> (a, b, c) -> Rounding.toF32(sum(f(a), f(b)), mode);
      case "sub" -> (a, b, c) -> Rounding.toF32(sum(f(a), -f(b)), mode);
      case "mul" -> (a, b, c) -> Rounding.toF32((double) f(a) * f(b), mode);
      case "fma", "mad" -> (a, b, c) -> Rounding.toF32(sum((double) f(a) * f(b), f(c)), mode);
      case "min" ->
        (a, b, c) -> canonical(nan && (Float.isNaN(f(a)) || Float.isNaN(f(b))) ? Float.NaN : Floats.min(f(a), f(b)));
      case "max" ->
        (a, b, c) -> canonical(nan && (Float.isNaN(f(a)) || Float.isNaN(f(b))) ? Float.NaN : Floats.max(f(a), f(b)));
      case "neg" -> (a, b, c) -> canonical(-f(a));
      case "abs" -> (a, b, c) -> canonical(Math.abs(f(a)));
      case "div" -> i.has("approx")
          ? FloatDecoder::approximateQuotient
          : (a, b, c) -> mode == Mode.NEAREST_EVEN
              ? canonical(f(a) / f(b))
              : Rounding.toF32((double) f(a) / f(b), mode);
      case "rcp" -> (a, b, c) -> Rounding.toF32(1.0 / f(a), mode);
      case "sqrt" -> (a, b, c) -> Rounding.toF32(Math.sqrt(f(a)), mode);
      case "rsqrt" -> (a, b, c) -> Rounding.toF32(1.0 / Math.sqrt(f(a)), mode);
      case "ex2" -> (a, b, c) -> Rounding.toF32(Floats.exp2(f(a)), mode);
      case "lg2" -> (a, b, c) -> Rounding.toF32(Floats.log2(f(a)), mode);
      case "sin" -> (a, b, c) -> Rounding.toF32(Math.sin(f(a)), mode);
      case "cos" -> (a, b, c) -> Rounding.toF32(Math.cos(f(a)), mode);
      case "tanh" -> (a, b, c) -> Rounding.toF32(Math.tanh(f(a)), mode);
      default -> throw new Unsupported("'" + i.opcode() + "' of .f32");
    };
  }

  /** div.approx (PTX ISA 9.7.3.8): divisors above 2^126 give 0, or NaN for an infinite dividend. */
  private static int approximateQuotient(int a, int b, int unused) {
    boolean huge = Math.abs(f(b)) > 0x1p126f && Float.isFinite(f(b));
    return canonical(huge ? f(a) * Math.copySign(0f, f(b)) : f(a) / f(b));
  }

  private static double sum(double a, double b) {
    return Rounding.sumToOdd(a, b);
  }

  private static int canonical(float x) {
    return Float.isNaN(x) ? Rounding.NAN_F32 : Float.floatToRawIntBits(x);
  }

  private Op wide(Instruction i) {
    List<Operand> o = i.operands();
    MixedLanesOp.Function g = switch (i.opcode()) {
      case "add" -> (a, b, c) -> bits(d(a) + d(b));
      case "sub" -> (a, b, c) -> bits(d(a) - d(b));
      case "mul" -> (a, b, c) -> bits(d(a) * d(b));
      case "fma" -> (a, b, c) -> bits(Math.fma(d(a), d(b), d(c)));
      case "div" -> (a, b, c) -> bits(d(a) / d(b));
      case "neg" -> (a, b, c) -> a ^ Long.MIN_VALUE;
      case "abs" -> (a, b, c) -> a & Long.MAX_VALUE;
      case "rcp" -> (a, b, c) -> bits(1 / d(a));
      case "sqrt" -> (a, b, c) -> bits(Math.sqrt(d(a)));
      case "min" -> (a, b, c) -> bits(Double.isNaN(d(a)) ? d(b) : Double.isNaN(d(b)) ? d(a) : Math.min(d(a), d(b)));
      case "max" -> (a, b, c) -> bits(Double.isNaN(d(a)) ? d(b) : Double.isNaN(d(b)) ? d(a) : Math.max(d(a), d(b)));
      default -> throw new Unsupported("'" + i.opcode() + "' of .f64");
    };
    if (mode(i) != Mode.NEAREST_EVEN || i.has("sat")) {
      throw new Unsupported("this rounding of .f64");
    }
    MixedLanesOp.Row x = rows.row(o.get(1), 64);
    return new MixedLanesOp(g, rows.row(o.get(0), 64), x, o.size() > 2 ? rows.row(o.get(2), 64) : x,
        o.size() > 3 ? rows.row(o.get(3), 64) : x);
  }

  private static double d(long bits) {
    return Double.longBitsToDouble(bits);
  }

  private static long bits(double x) {
    return Double.doubleToRawLongBits(x);
  }

  private Op scalarHalf(Instruction i, boolean isF16) {
    return ints(i, half(i, isF16), 16);
  }

  private Op packed(Instruction i, boolean isF16) {
    boolean plain = i.modifiers().stream().allMatch(m -> m.equals("rn") || m.endsWith("x2"));
    if (plain && (i.opcode().equals("fma") || (isF16 && Set.of("add", "sub", "mul").contains(i.opcode())))) {
      List<Operand> o = i.operands();
      int x = rows.ints(o.get(1));
      int y = rows.ints(o.get(2));
      String kind = i.opcode().toUpperCase(java.util.Locale.ROOT) + (isF16 ? "_F16X2" : "_BF16X2");
      return new IntLanesOp(PackedHalfFunction.valueOf(kind).lanes(), rows.ints(o.get(0)), x, y,
          o.size() > 3 ? rows.ints(o.get(3)) : x);
    }
    IntLanes.Function one = half(i, isF16);
    return ints(i, (a, b, c) -> one.of(a & 0xffff, b & 0xffff, c & 0xffff)
        | one.of(a >>> 16, b >>> 16, c >>> 16) << 16);
  }

  /** The operation on 16-bit patterns. */
  private static IntLanes.Function half(Instruction i, boolean isF16) {
    boolean ftz = i.has("ftz");
    boolean sat = i.has("sat");
    boolean relu = i.has("relu");
    IntLanes.Function exact = halfFunction(i, isF16);
    if (!ftz && !sat && !relu) {
      return exact;
    }
    return (a, b, c) -> {
      int result = ftz
          ? flushed(exact.of(flushed(a, isF16), flushed(b, isF16), flushed(c, isF16)), isF16)
          : exact.of(a, b, c);
      float value = isF16 ? f16(result) : bf16(result);
      if (relu) {
        return Float.isNaN(value) ? Rounding.NAN_F16 : value > 0 ? result : 0;
      }
      return sat ? value > 0 ? value > 1 ? isF16 ? 0x3c00 : 0x3f80 : result : 0 : result;
    };
  }

  private static int flushed(int bits, boolean isF16) {
    int exponent = isF16 ? 0x7c00 : 0x7f80;
    return (bits & exponent) == 0 ? bits & 0x8000 : bits;
  }

  private static IntLanes.Function halfFunction(Instruction i, boolean isF16) {
    boolean nan = i.has("NaN");
    return switch (i.opcode()) {
      case "add" -> (a, b, c) -> pack(sum(value(a, isF16), value(b, isF16)), isF16);
      case "sub" -> (a, b, c) -> pack(sum(value(a, isF16), -value(b, isF16)), isF16);
      case "mul" -> (a, b, c) -> pack(value(a, isF16) * value(b, isF16), isF16);
      case "fma" -> (a, b, c) -> pack(sum(value(a, isF16) * value(b, isF16), value(c, isF16)), isF16);
      case "neg" -> (a, b, c) -> isNan(a, isF16) ? Rounding.NAN_F16 : a ^ 0x8000;
      case "abs" -> (a, b, c) -> isNan(a, isF16) ? Rounding.NAN_F16 : a & 0x7fff;
      case "min", "max" -> {
        boolean min = i.opcode().equals("min");
        yield (a, b, c) -> {
          double x = value(a, isF16);
          double y = value(b, isF16);
          if (Double.isNaN(x) || Double.isNaN(y)) {
            return nan || (Double.isNaN(x) && Double.isNaN(y)) ? Rounding.NAN_F16 : Double.isNaN(x) ? b : a;
          }
          return pack(min ? Math.min(x, y) : Math.max(x, y), isF16);
        };
      }
      case "ex2" -> (a, b, c) -> pack(Floats.exp2(value(a, isF16)), isF16);
      case "tanh" -> (a, b, c) -> pack(Math.tanh(value(a, isF16)), isF16);
      default -> throw new Unsupported("'" + i.opcode() + "' of 16-bit numbers");
    };
  }

  private static boolean isNan(int bits, boolean isF16) {
    return (bits & 0x7fff) > (isF16 ? 0x7c00 : 0x7f80);
  }

  private static double value(int bits, boolean isF16) {
    return isF16 ? f16(bits) : bf16(bits);
  }

  private static int pack(double x, boolean isF16) {
    return isF16 ? Rounding.toF16(x, Mode.NEAREST_EVEN) : Rounding.toBf16(x, Mode.NEAREST_EVEN);
  }

  private Op fast(Instruction i, FloatFunction kind) {
    List<Operand> o = i.operands();
    int x = rows.ints(o.get(1));
    return new IntLanesOp(kind.lanes(), rows.ints(o.get(0)), x, o.size() > 2 ? rows.ints(o.get(2)) : x,
        o.size() > 3 ? rows.ints(o.get(3)) : x);
  }

  private Op ints(Instruction i, IntLanes.Function function) {
    return ints(i, function, 32);
  }

  private Op ints(Instruction i, IntLanes.Function function, int bits) {
    List<Operand> o = i.operands();
    int x = rows.ints(o.get(1), bits);
    return IntLanesOp.of(function, rows.ints(o.get(0), bits), x, o.size() > 2 ? rows.ints(o.get(2), bits) : x,
        o.size() > 3 ? rows.ints(o.get(3), bits) : x);
  }
}
