package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bitloom.codegen.layout.BitMap.Place;
import org.bitloom.codegen.layout.WeightLayout.Words;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.dsl.model.Codec.UintCodec;
import org.bitloom.runtime.api.ActivationType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WeightLayoutTest {
  static Stream<Codec> codecs() {
    return Codecs.all().stream();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void extractsGiveBackEveryFieldAtItsPlace(Codec codec) {
    WeightLayout layout = WeightLayout.of(codec);
    Random random = new Random(codec.hashCode());
    int[] fields = random.ints(2 * Placement.PAIRS, 0, 1 << codec.bits()).toArray();
    int[] words = layout.placement().insert(fields);
    for (ActivationType activation : ActivationType.values()) {
      for (TargetPattern pattern : Decode.patterns(codec, activation)) {
        List<Extract> extracts = layout.extracts(pattern);
        for (int pair = 0; pair < Placement.PAIRS; pair++) {
          assertEquals(placed(pattern, fields[2 * pair], fields[2 * pair + 1]),
              extracts.get(pair).apply(words),
              "pair " + pair + " by " + extracts.get(pair));
        }
      }
    }
  }

  private static int placed(TargetPattern pattern, int even, int odd) {
    int register = 0;
    for (int bit = 0; bit < pattern.bits(); bit++) {
      register |= (even >>> bit & 1) << pattern.position(0, bit) | (odd >>> bit & 1) << pattern.position(1, bit);
    }
    return register;
  }

  static Stream<Codec> widths() {
    return IntStream.rangeClosed(1, 8).boxed()
        .flatMap(bits -> Stream.<Codec>of(new UintCodec(bits), new BinaryCodec(bits)));
  }

  @ParameterizedTest
  @MethodSource("widths")
  void bitMapIsABijectionOntoTheCodesSection(Codec codec) {
    WeightLayout layout = WeightLayout.of(codec);
    int bits = codec.bits();
    int n = 32;
    int k = 2 * layout.unitK();
    BitMap map = new BitMap(layout, n, k);
    BitSet seen = new BitSet();
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < k; column++) {
        for (int bit = 0; bit < bits; bit++) {
          long offset = map.apply(row, column, bit);
          seen.set((int) offset);
          assertEquals(new Place(row, column, bit), map.inverse(offset));
        }
      }
    }
    assertEquals(n * k * bits, seen.cardinality());
    assertEquals(n * k * bits, seen.length());
  }

  @Test
  void lanesHoldTheElementsOfTheMmaFragment() {
    for (int lane = 0; lane < 32; lane++) {
      for (int pair = 0; pair < Placement.PAIRS; pair++) {
        for (int half = 0; half < 2; half++) {
          // PTX ISA, mma.m16n8k16, fragment A, element i = 2 * register + half:
          // row = groupID for i in {0, 1, 4, 5}, else groupID + 8; column = 2 * threadInGroup + (i & 1), + 8 for i >= 4
          int i = 2 * (pair % 4) + half;
          int row = i < 2 || (i >= 4 && i < 6) ? lane >> 2 : (lane >> 2) + 8;
          int column = (i < 4 ? lane % 4 * 2 + (i & 1) : lane % 4 * 2 + (i & 1) + 8) + 16 * (pair / 4);
          assertEquals(row, FragmentA.row(lane, pair));
          assertEquals(column, FragmentA.column(lane, pair, half));
          assertEquals(lane, FragmentA.lane(row, column));
          assertEquals(pair, FragmentA.pair(row, column));
        }
      }
    }
  }

  @Test
  void lanesReadWholeSixteenByteChunks() {
    for (int bits = 1; bits <= 8; bits++) {
      WeightLayout layout = WeightLayout.of(new UintCodec(bits));
      assertEquals(0, layout.laneWords() % 4);
      assertEquals(layout.unitBytes(), 32 * 4 * layout.laneWords());
      assertEquals(16, layout.wordByte(1, 0));
      assertEquals(512 + 4, layout.laneWords() > 4 ? layout.wordByte(0, 5) : 516);
    }
  }

  /** Slots per weight that a plain placement, each pair whole or in two planes, would need are about twice as many. */
  @Test
  void extractsOfUsualFormatsStayCheap() {
    assertTrue(slots(new IntCodec(2)) <= 0.625);
    assertTrue(slots(new IntCodec(3)) <= 0.6875);
    assertTrue(slots(new IntCodec(4)) <= 0.625);
    assertTrue(slots(new IntCodec(8)) <= 0.75);
    assertTrue(slots(new FloatCodec(3, 2, Specials.FINITE, 3)) <= 1.25);
    assertTrue(slots(new FloatCodec(5, 2, Specials.IEEE, 15)) <= 0.75);
  }

  private static double slots(Codec codec) {
    WeightLayout layout = WeightLayout.of(codec);
    return Extract.cost(layout.extracts(Decode.of(codec, ActivationType.F16, layout))) / 32;
  }

  @Test
  void searchIsDeterministicAndIdsTellLayoutsApart() {
    List<Codec> codecs = List.of(new IntCodec(4), new UintCodec(4), new IntCodec(3),
        new FloatCodec(3, 2, Specials.FINITE, 3), new FloatCodec(2, 3, Specials.FINITE, 1));
    for (Codec codec : codecs) {
      assertEquals(WeightLayout.of(codec), WeightLayout.of(codec));
    }
    assertEquals(codecs.size(),
        codecs.stream().map(codec -> WeightLayout.of(codec).info().id()).collect(Collectors.toSet()).size());
    assertNotEquals(0, WeightLayout.of(codecs.getFirst()).flip());
  }

  /** What kernels rely on, those that make bytes of signs and those that look sums up: docs/formats.md, "Binary-coded weights". */
  @Test
  void halfBytesOfASignWordAreFourWeightsOfOneRowAndTurnWithThePlane() {
    WeightLayout layout = WeightLayout.of(new BinaryCodec(5));
    BitMap map = new BitMap(layout, 16, 256);
    for (int plane = 0; plane < 5; plane++) {
      for (int lane = 0; lane < 32; lane++) {
        for (int word = 0; word < layout.laneWords(); word++) {
          for (int bit = 0; bit < 32; bit++) {
            int cell = word / 2 * 2 + bit / 4 % 2;
            int byteOfWord = bit / 8;
            Place expected = new Place(lane / 4 + 8 * (word % 2),
                64 * cell + 16 * (bit % 4) + 2 * (lane % 4) + 8 * (byteOfWord / 2) + byteOfWord % 2, plane);
            long turned = 8L * layout.wordByte(lane, word) + (bit + plane % 3) % 32;
            assertEquals(expected, map.inverse(8L * plane * layout.unitBytes() + turned));
            assertEquals(8L * plane * layout.unitBytes() + turned, map.apply(expected.row(), expected.column(), plane));
          }
        }
      }
    }
    assertEquals(512, layout.unitBytes());
    assertEquals(0, layout.codeFlip());
  }

  @Test
  void onlyWordsOfOneBitShareRowsOut() {
    assertEquals(Words.OF_ROWS, WeightLayout.of(new BinaryCodec(2)).words());
    Placement twoBits = WeightLayout.of(new IntCodec(2)).placement();
    assertThrows(IllegalArgumentException.class, () -> new WeightLayout(2, 0, twoBits, 2, 1, Words.OF_ROWS));
  }

  @Test
  void refusesPlacementsThatLoseABit() {
    List<Integer> places = new ArrayList<>(IntStream.range(0, 32).boxed().toList());
    assertEquals(32, new Placement(1, places).places().size());
    places.set(3, 4);
    assertThrows(IllegalArgumentException.class, () -> new Placement(1, places));
    assertThrows(IllegalArgumentException.class, () -> new Placement(2, Collections.nCopies(64, 0)));
  }

  @Test
  void refusesPatternsThatPlaceTwoBitsAtOnePosition() {
    assertThrows(IllegalArgumentException.class, () -> new TargetPattern(List.of(1, 1)));
    assertThrows(IllegalArgumentException.class, () -> new TargetPattern(List.of(1, 32)));
    assertThrows(IllegalArgumentException.class, () -> new TargetPattern(List.of(1, 2, 3)));
  }

  @Test
  void partsKnowTheirCheapestInstruction() {
    assertEquals(Part.Kind.NONE, new Part(0, 0, 0xff).kind());
    assertEquals(Part.Kind.SHIFT_LEFT, new Part(0, 4, 0xf0).kind());
    assertEquals(Part.Kind.SHIFT_RIGHT, new Part(0, 28, 0x0f).kind());
    assertEquals(Part.Kind.ROTATE, new Part(0, 4, 0xff).kind());
  }

  @Test
  void bitTableNamesEveryBit() {
    String table = WeightLayout.of(new FloatCodec(3, 2, Specials.FINITE, 3)).toString();
    assertEquals(2 * Placement.PAIRS * 6, table.lines().skip(2).flatMap(line -> Stream.of(line.trim().split(" +")))
        .filter(name -> name.matches("\\d+[ab][0-5]")).distinct().count(), table);
    String signs = WeightLayout.of(new BinaryCodec(2)).toString();
    assertEquals(2 * 2 * Placement.PAIRS, signs.lines().skip(4).flatMap(line -> Stream.of(line.trim().split(" +")))
        .filter(name -> name.matches("\\d+[ab][01]")).distinct().count(), signs);
  }
}
