package org.bitloom.codegen.java;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;

/**
 * The codes of a format that may be packed, those that have a value, in a form that is tested on 8 codes at once.
 *
 * @param bits bits of a code
 * @param pad the code that fills rows and columns beyond the matrix: of value 0 where there is one; of binary-coded weights
 *     all +1, which is stored as zeros
 */
record CodeSet(int bits, int pad, Legal legal) {

  /** Which of the codes of the width stand for a weight. */
  sealed interface Legal {
    boolean holds(int code);

    /** Every code. */
    record All() implements Legal {
      @Override
      public boolean holds(int code) {
        return true;
      }
    }

    /** Codes below {@code count}. */
    record Below(int count) implements Legal {
      @Override
      public boolean holds(int code) {
        return code < count;
      }
    }

    /** Codes whose bits under {@code mask}, all but the sign, are below {@code count}. */
    record MagnitudeBelow(int mask, int count) implements Legal {
      @Override
      public boolean holds(int code) {
        return (code & mask) < count;
      }
    }
  }

  static CodeSet of(Codec codec) {
    int codes = 1 << codec.bits();
    if (codec instanceof BinaryCodec) {
      return new CodeSet(codec.bits(), codes - 1, new Legal.All());
    }
    int pad = IntStream.range(0, codes).filter(code -> codec.value(code) == 0).findFirst().orElse(0);
    return new CodeSet(codec.bits(), pad, legal(codec, codes));
  }

  private static Legal legal(Codec codec, int codes) {
    IntPredicate valued = code -> !Double.isNaN(codec.value(code));
    int below = firstFailing(valued, codes);
    if (below == codes) {
      return new Legal.All();
    }
    if (IntStream.range(below, codes).noneMatch(valued)) {
      return new Legal.Below(below);
    }
    Legal legal = new Legal.MagnitudeBelow(codes / 2 - 1, below);
    if (IntStream.range(0, codes).allMatch(code -> legal.holds(code) == valued.test(code))) {
      return legal;
    }
    throw new IllegalArgumentException("codes without a value lie scattered: " + codec);
  }

  private static int firstFailing(IntPredicate valued, int codes) {
    return IntStream.range(0, codes).filter(code -> !valued.test(code)).findFirst().orElse(codes);
  }

  /** Whether {@code code}, 0..255, may be packed. */
  boolean holds(int code) {
    return code < 1 << bits && legal.holds(code);
  }
}
