package org.bitloom.emulator.ptx;

import org.bitloom.emulator.ptx.Lexer.Token;

/** Reads constants (PTX ISA 4.5). */
final class Constants {
  private Constants() {
  }

  /** The width of the floating-point constant in {@code token}, or 0 for an integer. */
  static int floatBits(Token token) {
    String s = token.text();
    if (s.startsWith("0f") || s.startsWith("0F")) {
      return 32;
    }
    return s.startsWith("0d") || s.startsWith("0D") || s.contains(".") ? 64 : 0;
  }

  /** The constant as bits of a number of {@code width} bits. */
  static long bits(Token token, int width) {
    String s = token.text();
    switch (floatBits(token)) {
      case 32 -> {
        int bits = (int) Long.parseLong(s.substring(2), 16);
        return width == 64 ? Double.doubleToRawLongBits(Float.intBitsToFloat(bits)) : bits & 0xffffffffL;
      }
      case 64 -> {
        double value = s.contains(".")
            ? Double.parseDouble(s)
            : Double.longBitsToDouble(Long.parseUnsignedLong(s.substring(2), 16));
        return width == 32 ? Float.floatToRawIntBits((float) value) & 0xffffffffL : Double.doubleToRawLongBits(value);
      }
      default -> {
        return Tokens.integer(token);
      }
    }
  }
}
