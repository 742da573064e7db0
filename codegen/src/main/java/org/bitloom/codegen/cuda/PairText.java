package org.bitloom.codegen.cuda;

import org.bitloom.runtime.api.ParamType;

/**
 * Text for a pair of parameters, the numbers of rows g and g + 8 of a tile, which lie side by side in memory: where a lane
 * finds its pair, and how its bits become two f32 numbers.
 */
final class PairText {
  private PairText() {
  }

  /** Bytes from the start of a group's 16 numbers to the aligned word that holds the pair of row {@code g}. */
  static String byteInGroup(ParamType type, String g) {
    return switch (type.storedBits()) {
      case 4 -> "((" + g + ") & ~3)";
      case 8 -> "((2 * (" + g + ")) & ~3)";
      case 16 -> "4 * (" + g + ")";
      case 32 -> "8 * (" + g + ")";
      default -> throw new IllegalArgumentException(type + " is stored in " + type.storedBits() + " bits");
    };
  }

  /** A function {@code Pair NAME_pair(u32 low, u32 high, int g)}: {@code high} counts only for 32-bit numbers. */
  static String function(String name, ParamType type) {
    String body = switch (type) {
      case ParamType.Float f -> switch (f) {
        case F16 -> "return {f16_to_f32(static_cast<u16>(word)), f16_to_f32(static_cast<u16>(word >> 16))};";
        case BF16 -> "return {__uint_as_float(word << 16), __uint_as_float(word & 0xffff0000u)};";
        case F32 -> "return {__uint_as_float(word), __uint_as_float(high)};";
        case E8M0 -> """
            const u32 pair = word >> (16 * (g & 1));
              return {e8m0_to_f32(pair & 0xff), e8m0_to_f32((pair >> 8) & 0xff)};""";
        case E4M3 -> """
            const u32 pair = word >> (16 * (g & 1));
              return {e4m3_to_f32(pair & 0xff), e4m3_to_f32((pair >> 8) & 0xff)};""";
      };
      case ParamType.Int i -> integer(i);
    };
    return """
        __device__ __forceinline__ Pair %s_pair(u32 word, u32 high, int g) {
          %s
        }
        """.formatted(name, body);
  }

  private static String integer(ParamType.Int type) {
    int stored = type.storedBits();
    String shift = stored == 4 ? "8 * (g & 3)" : "16 * (g & 1)";
    String low = "pair";
    String high = "pair >> " + stored;
    return """
        const int pair = static_cast<int>(word >> (%s));
          return {%s, %s};""".formatted(shift, number(type, low), number(type, high));
  }

  private static String number(ParamType.Int type, String bits) {
    return switch (type.sign()) {
      case UNSIGNED -> "static_cast<float>((" + bits + ") & " + ((1 << type.bits()) - 1) + ")";
      case SIGNED -> "static_cast<float>((" + bits + ") << " + (32 - type.bits()) + " >> " + (32 - type.bits()) + ")";
    };
  }

  /** Conversions that {@link #function} of this type calls. */
  static String conversions(ParamType type) {
    return switch (type) {
      case ParamType.Float.E8M0 -> """
          // 2^(code - 127); code 0 is a subnormal of f32 (OCP Microscaling Formats 1.0, section 5.4.1).
          __device__ __forceinline__ float e8m0_to_f32(u32 code) {
            return __uint_as_float(code == 0 ? 0x00400000u : code << 23);
          }
          """;
      case ParamType.Float.E4M3 -> """
          // The bits of e4m3 are those of an f16 number that is 2^8 too small.
          __device__ __forceinline__ float e4m3_to_f32(u32 code) {
            return 256.0f * f16_to_f32(static_cast<u16>((code & 0x80) << 8 | (code & 0x7f) << 7));
          }
          """;
      default -> "";
    };
  }
}
