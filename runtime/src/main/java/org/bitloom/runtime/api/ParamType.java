package org.bitloom.runtime.api;

/** How one scale, zero point or offset is stored, and what its stored bits mean. */
public sealed interface ParamType {
  /** Bits that one number takes in memory: 4, 8, 16 or 32. */
  int storedBits();

  /** The value of the stored bits {@code raw}; only the low {@link #storedBits()} bits count. */
  double value(int raw);

  /** Floating-point parameters. */
  @SuppressWarnings("JavaLangClash") // always written ParamType.Float
  enum Float implements ParamType {
    F16(16), BF16(16), F32(32),
    /** 2^(raw - 127); 255 is NaN (OCP Microscaling Formats 1.0, section 5.4.1). */
    E8M0(8),
    /** OCP FP8 E4M3: no infinities, 0x7f is NaN. */
    E4M3(8);

    private final int storedBits;

    Float(int storedBits) {
      this.storedBits = storedBits;
    }

    @Override
    public int storedBits() {
      return storedBits;
    }

    @Override
    public double value(int raw) {
      return switch (this) {
        case F16 -> java.lang.Float.float16ToFloat((short) raw);
        case BF16 -> java.lang.Float.intBitsToFloat(raw << 16);
        case F32 -> java.lang.Float.intBitsToFloat(raw);
        case E8M0 -> (raw & 0xff) == 0xff ? Double.NaN : Math.scalb(1.0, (raw & 0xff) - 127);
        case E4M3 -> e4m3(raw & 0xff);
      };
    }

    private static double e4m3(int raw) {
      int exponent = (raw >> 3) & 15;
      int mantissa = raw & 7;
      if ((raw & 0x7f) == 0x7f) {
        return Double.NaN;
      }
      double magnitude = exponent == 0 ? Math.scalb((double) mantissa, -9) : Math.scalb(8.0 + mantissa, exponent - 10);
      return (raw & 0x80) == 0 ? magnitude : -magnitude;
    }
  }

  /** Integer zero points of 1 to 8 bits, stored in 4 bits where they fit and in 8 elsewhere. */
  record Int(int bits, Sign sign) implements ParamType {
    /** Whether stored bits are read as two's complement. */
    public enum Sign {
      SIGNED, UNSIGNED
    }

    public Int {
      if (bits < 1 || bits > 8) {
        throw new IllegalArgumentException("an integer zero point has 1..8 bits, not " + bits);
      }
    }

    @Override
    public int storedBits() {
      return bits <= 4 ? 4 : 8;
    }

    @Override
    public double value(int raw) {
      int low = raw & ((1 << bits) - 1);
      return sign == Sign.SIGNED && (low >> (bits - 1)) != 0 ? low - (1 << bits) : low;
    }
  }
}
