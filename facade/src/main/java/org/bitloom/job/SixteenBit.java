package org.bitloom.job;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.numeric.Bf16;
import org.bitloom.runtime.numeric.F16;

/** Numbers of activation types: their bits to values and back. */
final class SixteenBit {
  /** The bits 0xffff are a NaN in both types. */
  static final byte NAN_BYTE = (byte) 0xff;

  private SixteenBit() {
  }

  static double value(ActivationType type, short bits) {
    return switch (type) {
      case F16 -> F16.toFloat(bits);
      case BF16 -> Bf16.toFloat(bits);
    };
  }

  static short round(ActivationType type, double value) {
    return switch (type) {
      case F16 -> F16.fromDouble(value);
      case BF16 -> Bf16.fromDouble(value);
    };
  }
}
