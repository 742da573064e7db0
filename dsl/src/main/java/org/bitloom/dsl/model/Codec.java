package org.bitloom.dsl.model;

import java.util.List;

/** What the code of one weight means, before scales, zero points and offsets. */
public sealed interface Codec {
  /** Bits of one code. */
  int bits();

  /** The value of {@code code} (0 .. 2^bits - 1); NaN where the code stands for no weight. */
  double value(int code);

  /** Which codes of a float format are not numbers. */
  enum Specials {
    /** Every code is a finite number (FP6, FP4: OCP Microscaling Formats 1.0, section 5.3). */
    FINITE,
    /** The all-ones codes are NaN, there is no infinity (OCP FP8 E4M3). */
    FN,
    /** The top exponent holds infinities and NaN (IEEE 754). */
    IEEE
  }

  /** {@code float eXmY}: a sign, X exponent bits, Y mantissa bits, with subnormals. */
  record FloatCodec(int exponent, int mantissa, Specials specials, int bias) implements Codec {
    public FloatCodec {
      if (exponent < 1 || mantissa < 0 || 1 + exponent + mantissa > Bits.MAX) {
        throw new IllegalArgumentException(
            "float e" + exponent + "m" + mantissa + " does not fit 1 + exponent + mantissa <= " + Bits.MAX + " bits");
      }
    }

    /** The bias of IEEE 754, 2^(exponent-1) - 1. */
    public static int defaultBias(int exponent) {
      return (1 << (exponent - 1)) - 1;
    }

    @Override
    public int bits() {
      return 1 + exponent + mantissa;
    }

    @Override
    public double value(int code) {
      int e = (code >> mantissa) & ((1 << exponent) - 1);
      int m = code & ((1 << mantissa) - 1);
      boolean top = e == (1 << exponent) - 1;
      if (top && (specials == Specials.IEEE || (specials == Specials.FN && m == (1 << mantissa) - 1))) {
        return Double.NaN;
      }
      double magnitude = e == 0
          ? Math.scalb((double) m, 1 - bias - mantissa)
          : Math.scalb((double) ((1 << mantissa) + m), e - bias - mantissa);
      return (code >> (exponent + mantissa)) == 0 ? magnitude : -magnitude;
    }
  }

  /** {@code int b}: two's complement. */
  record IntCodec(int bits) implements Codec {
    public IntCodec {
      Bits.check(bits);
    }

    @Override
    public double value(int code) {
      return (code ^ (1 << (bits - 1))) - (1 << (bits - 1));
    }
  }

  /** {@code uint b}: unsigned. */
  record UintCodec(int bits) implements Codec {
    public UintCodec {
      Bits.check(bits);
    }

    @Override
    public double value(int code) {
      return code;
    }
  }

  /** {@code bipolar b}: the odd integers 2u - (2^b - 1) (AP-LLM, bipolar-INT). */
  record BipolarCodec(int bits) implements Codec {
    public BipolarCodec {
      Bits.check(bits);
    }

    @Override
    public double value(int code) {
      return 2 * code - ((1 << bits) - 1);
    }
  }

  /** {@code ternary}: codes 0, 1, 2 are -1, 0, +1; code 3 is none. */
  record TernaryCodec() implements Codec {
    @Override
    public int bits() {
      return 2;
    }

    @Override
    public double value(int code) {
      return code == 3 ? Double.NaN : code - 1;
    }
  }

  /**
   * {@code binary q}: q planes of signs, each with a scale of its own (binary-coded quantization, LUT-GEMM section 3.1).
   * Bit i of a code is the sign of plane i; a code has no value without its scales.
   */
  record BinaryCodec(int planes) implements Codec {
    public BinaryCodec {
      Bits.check(planes);
    }

    @Override
    public int bits() {
      return planes;
    }

    @Override
    public double value(int code) {
      return Double.NaN;
    }
  }

  /** {@code codebook [...]}: code i is entry i; 2 to 256 entries, codes past the last stand for no weight. */
  record CodebookCodec(List<Double> entries) implements Codec {
    public CodebookCodec {
      entries = List.copyOf(entries);
      if (entries.size() < 2 || entries.size() > 1 << Bits.MAX) {
        throw new IllegalArgumentException("a codebook has 2..256 entries, not " + entries.size());
      }
    }

    @Override
    public int bits() {
      return 32 - Integer.numberOfLeadingZeros(entries.size() - 1);
    }

    @Override
    public double value(int code) {
      return code < entries.size() ? entries.get(code) : Double.NaN;
    }
  }
}
