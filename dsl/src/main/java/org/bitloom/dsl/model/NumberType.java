package org.bitloom.dsl.model;

/** The type in which a scale, a zero point, an offset, an activation or a result is stored. */
public sealed interface NumberType {
  /** Bits of one stored number. */
  int bits();

  /** The spelling of the language: {@code f16}, {@code int 4}, {@code bipolar 2}. */
  String spelling();

  /** Floating-point types. */
  @SuppressWarnings("JavaLangClash") // always written NumberType.Float
  enum Float implements NumberType {
    F16("f16", 16), BF16("bf16", 16), F32("f32", 32),
    /** A power of two 2^(code-127), code 255 is NaN (OCP Microscaling Formats 1.0, section 5.4.1). */
    E8M0("e8m0", 8),
    /** OCP FP8 E4M3: no infinities, code 0x7f is NaN (OCP 8-bit floating point specification). */
    E4M3("e4m3", 8);

    private final String spelling;
    private final int bits;

    Float(String spelling, int bits) {
      this.spelling = spelling;
      this.bits = bits;
    }

    @Override
    public int bits() {
      return bits;
    }

    @Override
    public String spelling() {
      return spelling;
    }
  }

  /** Two's complement integers, {@code int b}, 1..8 bits. */
  record Int(int bits) implements NumberType {
    public Int {
      Bits.check(bits);
    }

    @Override
    public String spelling() {
      return "int " + bits;
    }
  }

  /** Unsigned integers, {@code uint b}, 1..8 bits. */
  record Uint(int bits) implements NumberType {
    public Uint {
      Bits.check(bits);
    }

    @Override
    public String spelling() {
      return "uint " + bits;
    }
  }

  /** Bipolar integers, {@code bipolar b}: the value of bits b_i is the sum of 2^i (2 b_i - 1). */
  record Bipolar(int bits) implements NumberType {
    public Bipolar {
      Bits.check(bits);
    }

    @Override
    public String spelling() {
      return "bipolar " + bits;
    }
  }
}
