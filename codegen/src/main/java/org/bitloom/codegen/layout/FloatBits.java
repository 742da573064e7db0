package org.bitloom.codegen.layout;

import org.bitloom.runtime.api.ActivationType;

/** The shape of a 16-bit number type: mantissa bits and exponent bias; the sign is bit 15. */
record FloatBits(int mantissa, int bias) {
  static FloatBits of(ActivationType type) {
    return switch (type) {
      case F16 -> new FloatBits(10, 15);
      case BF16 -> new FloatBits(7, 127);
    };
  }

  /** The number whose 16 bits are {@code bits}; neither infinity nor NaN. */
  static double number(ActivationType type, int bits) {
    return switch (type) {
      case F16 -> Float.float16ToFloat((short) bits);
      case BF16 -> Float.intBitsToFloat(bits << 16);
    };
  }
}
