package org.bitloom.emulator.decode;

import java.util.Locale;
import java.util.Set;

import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.arith.Rounding.Mode;
import org.bitloom.emulator.exec.AtomicOp;
import org.bitloom.emulator.ptx.PtxType;

/** What atom and red do to the number in memory (PTX ISA 9.7.13.5). */
final class AtomicFunctions {
  private static final Set<String> OPERATIONS = Set.of("add", "inc", "dec", "min", "max", "and", "or", "xor", "exch",
      "cas");

  private AtomicFunctions() {
  }

  static boolean isOperation(String modifier) {
    return OPERATIONS.contains(modifier);
  }

  static AtomicOp.Function of(String operation, PtxType type) {
    boolean signed = type.signed();
    boolean wide = type.bits() == 64;
    return switch (operation) {
      case "add" -> add(type);
      case "inc" -> (old, b, c) -> Long.compareUnsigned(old, b) >= 0 ? 0 : old + 1;
      case "dec" -> (old, b, c) -> old == 0 || Long.compareUnsigned(old, b) > 0 ? b : old - 1;
      case "min" -> (old, b, c) -> less(b, old, signed, wide) ? b : old;
      case "max" -> (old, b, c) -> less(old, b, signed, wide) ? b : old;
      case "and" -> (old, b, c) -> old & b;
      case "or" -> (old, b, c) -> old | b;
      case "xor" -> (old, b, c) -> old ^ b;
      case "exch" -> (old, b, c) -> b;
      case "cas" -> (old, b, c) -> old == b ? c : old;
      default -> throw new Unsupported("atomic '" + operation + "'");
    };
  }

  private static boolean less(long a, long b, boolean signed, boolean wide) {
    if (!signed) {
      return Long.compareUnsigned(a, b) < 0;
    }
    return wide ? a < b : (int) a < (int) b;
  }

  private static AtomicOp.Function add(PtxType type) {
    return switch (type) {
      case U32, S32, U64, S64, B32, B64 -> (old, b, c) -> old + b;
      case F32 ->
        (old, b, c) -> Rounding.toF32((double) Float.intBitsToFloat((int) old) + Float.intBitsToFloat((int) b),
            Mode.NEAREST_EVEN) & 0xffffffffL;
      case F64 -> (old, b, c) -> Double.doubleToRawLongBits(Double.longBitsToDouble(old) + Double.longBitsToDouble(b));
      case F16X2 -> (old, b, c) -> pairs(old, b, true);
      case BF16X2 -> (old, b, c) -> pairs(old, b, false);
      default -> throw new Unsupported("atomic add of ." + type.name().toLowerCase(Locale.ROOT));
    };
  }

  private static long pairs(long old, long b, boolean isF16) {
    return (half((int) old, (int) b, isF16) | half((int) old >>> 16, (int) b >>> 16, isF16) << 16) & 0xffffffffL;
  }

  private static int half(int a, int b, boolean isF16) {
    return isF16
        ? Rounding.f32ToF16(Rounding.f16(a) + Rounding.f16(b))
        : Rounding.toBf16(Rounding.sumToOdd(Rounding.bf16(a & 0xffff), Rounding.bf16(b & 0xffff)), Mode.NEAREST_EVEN);
  }
}
