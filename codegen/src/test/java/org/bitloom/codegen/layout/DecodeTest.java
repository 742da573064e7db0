package org.bitloom.codegen.layout;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.bitloom.codegen.layout.Decode.Lookup;
import org.bitloom.codegen.layout.Decode.Placed;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.Codec.CodebookCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.runtime.api.ActivationType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DecodeTest {
  static Stream<Codec> codecs() {
    Random random = new Random(20);
    return Stream.concat(Codecs.all().stream(), Stream.generate(() -> Codecs.random(random)).limit(100));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void everyCandidateGivesTheValueOfEveryCode(Codec codec) {
    for (ActivationType activation : ActivationType.values()) {
      List<Decode> candidates = Decode.candidates(codec, activation);
      assertTrue(!candidates.isEmpty());
      for (Decode decode : candidates) {
        for (int code = 0; code < 1 << codec.bits(); code++) {
          double expected = codec.value(code);
          if (!Double.isNaN(expected)) {
            assertEquals(expected, value(decode, code, 0), codec + " code " + code + " by " + decode);
            assertEquals(expected, value(decode, code, 1), codec + " code " + code + " by " + decode);
          }
        }
      }
    }
  }

  /** The value that a register gives for {@code code} in half {@code half}, while the other half holds ones. */
  private static double value(Decode decode, int code, int half) {
    int field = code ^ decode.flip();
    int register = 0;
    for (int bit = 0; bit < decode.pattern().bits(); bit++) {
      register |= (field >>> bit & 1) << decode.pattern().position(half, bit);
      register |= 1 << decode.pattern().position(1 - half, bit);
    }
    return switch (decode) {
      case Placed p -> {
        int bits = (register >>> (16 * half)) & 0xffff;
        yield FloatBits.number(p.register(), bits) * p.factor() - p.offset();
      }
      case Lookup l -> {
        int index = register >>> 7;
        int low = index & ((1 << l.pattern().bits()) - 1);
        int high = index >>> l.pattern().bits();
        yield l.values().get(half == 0 ? low : high);
      }
    };
  }

  @Test
  void keepsF16RegistersWhereF16HoldsTheFormat() {
    assertEquals(ActivationType.F16, register(new FloatCodec(5, 2, Specials.IEEE, 15)));
    assertEquals(ActivationType.F16, register(new FloatCodec(4, 3, Specials.FN, 7)));
    assertEquals(ActivationType.BF16, register(new FloatCodec(5, 2, Specials.FINITE, 15)));
    assertEquals(ActivationType.BF16, register(new FloatCodec(6, 1, Specials.FINITE, 31)));
  }

  private static ActivationType register(Codec codec) {
    return Decode.of(codec, ActivationType.F16, WeightLayout.of(codec)).register();
  }

  @ParameterizedTest
  @EnumSource(ActivationType.class)
  void refusesWhatNoRegisterCanDecode(ActivationType activation) {
    Codec wide = new CodebookCodec(Stream.iterate(0.0, x -> x + 1).limit(17).toList());
    WeightLayout layout = WeightLayout.of(wide);
    assertThrows(IllegalArgumentException.class, () -> Decode.of(wide, activation, layout));
    WeightLayout signs = WeightLayout.of(new BinaryCodec(3));
    assertThrows(IllegalArgumentException.class, () -> Decode.of(new BinaryCodec(3), activation, signs));
    assertTrue(Decode.unsupported(wide).orElseThrow().contains("17"));
    assertTrue(Decode.unsupported(new BinaryCodec(3)).isPresent());
  }
}
