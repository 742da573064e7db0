package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BipolarCodec;
import org.bitloom.dsl.model.Codec.CodebookCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.dsl.model.Codec.TernaryCodec;
import org.bitloom.dsl.model.Codec.UintCodec;

/** The codecs that tests run over. */
public final class Codecs {
  private Codecs() {
  }

  /** One codec of every kind and width, floats with each kind of specials and the usual bias. */
  public static List<Codec> all() {
    List<Codec> codecs = new ArrayList<>();
    for (int exponent = 1; exponent <= 7; exponent++) {
      for (int mantissa = 0; 1 + exponent + mantissa <= 8; mantissa++) {
        for (Specials specials : Specials.values()) {
          codecs.add(new FloatCodec(exponent, mantissa, specials, FloatCodec.defaultBias(exponent)));
        }
      }
    }
    for (int bits = 1; bits <= 8; bits++) {
      codecs.add(new IntCodec(bits));
      codecs.add(new UintCodec(bits));
      codecs.add(new BipolarCodec(bits));
    }
    codecs.add(new TernaryCodec());
    for (int entries : new int[]{2, 3, 4, 5, 8, 13, 16, 17, 32, 64, 100, 128, 129, 255, 256}) {
      codecs.add(new CodebookCodec(IntStream.range(0, entries).mapToObj(i -> i / 8.0 - 1).toList()));
    }
    return List.copyOf(codecs);
  }

  /** A random codec that has a layout. */
  public static Codec random(Random random) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> {
        int exponent = 1 + random.nextInt(7);
        int mantissa = random.nextInt(8 - exponent);
        int bias = random.nextBoolean() ? FloatCodec.defaultBias(exponent) : random.nextInt(40) - 20;
        yield new FloatCodec(exponent, mantissa, List.of(Specials.values()).get(random.nextInt(3)), bias);
      }
      case 2 -> new IntCodec(1 + random.nextInt(8));
      case 3 -> new UintCodec(1 + random.nextInt(8));
      case 4 -> random.nextInt(4) == 0 ? new TernaryCodec() : new BipolarCodec(1 + random.nextInt(8));
      default -> {
        int entries = Math.max(2, (1 << (1 + random.nextInt(8))) - random.nextInt(3));
        yield new CodebookCodec(IntStream.range(0, entries).mapToObj(_ -> random.nextGaussian()).toList());
      }
    };
  }
}
