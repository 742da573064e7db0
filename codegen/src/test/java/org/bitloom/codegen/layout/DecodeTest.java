package org.bitloom.codegen.layout;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.Codec.BipolarCodec;
import org.bitloom.dsl.model.Codec.CodebookCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.dsl.model.Codec.UintCodec;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.ParamType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DecodeTest {
  static Stream<Codec> codecs() {
    Random random = new Random(20);
    return Stream.concat(Codecs.all().stream(), Stream.generate(() -> Codecs.random(random)).limit(100));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void everyPairGivesTheValueOfEveryCode(Codec codec) {
    WeightLayout layout = WeightLayout.of(codec);
    for (ActivationType activation : ActivationType.values()) {
      if (Decode.unsupported(codec).isPresent()) {
        continue;
      }
      Decode decode = Decode.of(codec, activation, layout);
      for (int pair = 0; pair < Placement.PAIRS; pair++) {
        for (int code = 0; code < 1 << codec.bits(); code++) {
          double expected = codec.value(code);
          if (!Double.isNaN(expected)) {
            assertEquals(expected, value(decode, pair, code, 0), codec + " code " + code + " by " + decode);
            assertEquals(expected, value(decode, pair, code, 1), codec + " code " + code + " by " + decode);
          }
        }
      }
    }
  }

  /** The value that a register gives for {@code code} in half {@code half}, while the other half holds ones. */
  private static double value(Decode decode, int pair, int code, int half) {
    int field = code ^ decode.flip();
    int register = 0;
    TargetPattern pattern = decode.pattern(pair);
    for (int bit = 0; bit < pattern.bits(); bit++) {
      register |= (field >>> bit & 1) << pattern.position(half, bit);
      register |= 1 << pattern.position(1 - half, bit);
    }
    return Decoded.value(decode, pair, register, half);
  }

  /** Zero points of uint8 with bf16 weights reach 255 either way, all that 8 significant bits hold. */
  @Test
  void zeroPointsAreSubtractedFromWeightsOnlyWhereThatIsExact() {
    ParamType.Int byteZero = new ParamType.Int(8, ParamType.Int.Sign.UNSIGNED);
    ParamType.Int signedZero = new ParamType.Int(8, ParamType.Int.Sign.SIGNED);
    assertTrue(centered(new UintCodec(8), ActivationType.BF16).subtractsExactly(byteZero));
    assertFalse(centered(new UintCodec(8), ActivationType.BF16).subtractsExactly(signedZero));
    assertTrue(centered(new UintCodec(8), ActivationType.F16).subtractsExactly(signedZero));
    assertTrue(centered(new IntCodec(8), ActivationType.BF16).subtractsExactly(signedZero));
    assertFalse(centered(new BipolarCodec(4), ActivationType.F16).subtractsExactly(byteZero));
  }

  private static Decode.Centered centered(Codec codec, ActivationType activation) {
    return assertInstanceOf(Decode.Centered.class, Decode.of(codec, activation, WeightLayout.of(codec)));
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
