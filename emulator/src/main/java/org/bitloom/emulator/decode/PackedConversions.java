package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Locale;

import org.bitloom.emulator.arith.Fp8;
import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.arith.Rounding.Mode;
import org.bitloom.emulator.exec.FloatFunction;
import org.bitloom.emulator.exec.IntLanes;
import org.bitloom.emulator.exec.IntLanesOp;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Conversions to and from pairs (PTX ISA 9.7.9.21): the first source goes into the upper half. */
final class PackedConversions {
  private final Rows rows;

  PackedConversions(Rows rows) {
    this.rows = rows;
  }

  Op decode(Instruction i, PtxType to, PtxType from) {
    List<Operand> o = i.operands();
    if (from == PtxType.F32) {
      return fromSingles(i, to, rows.ints(o.get(0), to.bits()), rows.ints(o.get(1)), rows.ints(o.get(2)));
    }
    int target = rows.ints(o.get(0), to.bits());
    int source = rows.ints(o.get(1), from.bits());
    boolean relu = i.has("relu");
    if (to == PtxType.F16X2 && (from == PtxType.E4M3X2 || from == PtxType.E5M2X2)) {
      Fp8 format = format(from);
      return IntLanesOp.of((a, b, c) -> relu(half(format, a), relu) | relu(half(format, a >> 8), relu) << 16, target,
          source, source, source);
    }
    if (from == PtxType.F16X2 && (to == PtxType.E4M3X2 || to == PtxType.E5M2X2)) {
      Fp8 format = format(to);
      return IntLanesOp.of((a, b, c) -> format.encode(positive(Rounding.f16(a), relu))
          | format.encode(positive(Rounding.f16(a >>> 16), relu)) << 8, target, source, source, source);
    }
    throw new Unsupported("cvt from ." + from.name().toLowerCase(Locale.ROOT) + " to ."
        + to.name().toLowerCase(Locale.ROOT));
  }

  private static Op fromSingles(Instruction i, PtxType to, int target, int high, int low) {
    Mode mode = ConvertDecoder.mode(i);
    boolean relu = i.has("relu");
    if (mode == Mode.NEAREST_EVEN && !relu && !i.has("satfinite")) {
      if (to == PtxType.F16X2) {
        return new IntLanesOp(FloatFunction.TO_F16X2.lanes(), target, high, low, high);
      }
      if (to == PtxType.BF16X2) {
        return new IntLanesOp(FloatFunction.TO_BF16X2.lanes(), target, high, low, high);
      }
    }
    IntLanes.Function one = switch (to) {
      case F16X2 -> (a, b, c) -> Rounding.toF16(positive(Float.intBitsToFloat(a), relu), mode);
      case BF16X2 -> (a, b, c) -> Rounding.toBf16(positive(Float.intBitsToFloat(a), relu), mode);
      case E4M3X2, E5M2X2 -> {
        Fp8 format = format(to);
        yield (a, b, c) -> format.encode(positive(Float.intBitsToFloat(a), relu));
      }
      default -> throw new Unsupported("cvt to ." + to.name().toLowerCase(Locale.ROOT));
    };
    boolean toFp8 = to == PtxType.E4M3X2 || to == PtxType.E5M2X2;
    if (i.has("satfinite") != toFp8) {
      throw new Unsupported(".satfinite in a conversion to ." + to.name().toLowerCase(Locale.ROOT));
    }
    int shift = to.bits() / 2;
    return IntLanesOp.of((a, b, c) -> one.of(a, a, a) << shift | one.of(b, b, b), target, high, low, high);
  }

  private static Fp8 format(PtxType type) {
    return type == PtxType.E4M3X2 ? Fp8.E4M3 : Fp8.E5M2;
  }

  private static int half(Fp8 format, int bits) {
    return Rounding.toF16(format.decode(bits & 0xff), Mode.NEAREST_EVEN);
  }

  private static int relu(int half, boolean relu) {
    return relu && (half & 0x8000) != 0 && (half & 0x7fff) <= 0x7c00 ? 0 : half;
  }

  private static double positive(double x, boolean relu) {
    return relu && x <= 0 ? 0 : x;
  }
}
