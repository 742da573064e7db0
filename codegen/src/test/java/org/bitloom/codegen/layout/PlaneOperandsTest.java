package org.bitloom.codegen.layout;

import java.util.Random;
import java.util.stream.IntStream;

import org.bitloom.codegen.target.Fragment.Place;
import org.bitloom.codegen.target.MmaAtom;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BipolarCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.UintCodec;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationCode.Encoding;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.OperandForm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Registers made of packed words hold the features that the activation quantizer puts at the same place of operand B. */
class PlaneOperandsTest {
  private static final int SEED = 5;

  private static ActivationQuantizer quantizer(int run) {
    return new ActivationQuantizer("q", "", new ActivationCode(Encoding.BIPOLAR, 1), OperandForm.BYTES, run,
        ActivationType.F16);
  }

  /** Fields of the cell's 16 x 64 codes that a lane holds, and the words that hold them. */
  private static int[] words(WeightLayout layout, int[][] codes, int lane, int cell) {
    int[] fields = new int[2 * Placement.PAIRS];
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      for (int half = 0; half < 2; half++) {
        fields[2 * pair + half] = codes[FragmentA.row(lane, pair)][64 * cell + FragmentA.column(lane, pair, half)];
      }
    }
    return layout.placement().insert(fields);
  }

  private static int[][] codes(int bits, int k) {
    Random random = new Random(SEED);
    return IntStream.range(0, 16).mapToObj(row -> random.ints(k, 0, 1 << bits).toArray()).toArray(int[][]::new);
  }

  private static int permute(int low, int high, int selector) {
    int result = 0;
    for (int i = 0; i < 4; i++) {
      int from = selector >>> (4 * i) & 7;
      result |= ((from < 4 ? low : high) >>> (8 * (from % 4)) & 0xff) << (8 * i);
    }
    return result;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 8})
  void permutedBytesOfPlanesAreTheOneBitFragment(int bits) {
    WeightLayout layout = WeightLayout.of(new BipolarCodec(bits));
    int[][] codes = codes(bits, 256);
    MmaAtom atom = MmaAtom.M16N8K256_B1_AND;
    ActivationQuantizer quantizer = quantizer(PlaneLayout.RUN);
    for (int lane = 0; lane < 32; lane++) {
      for (int register = 0; register < 4; register++) {
        int[] first = words(layout, codes, lane, register / 2 * 2);
        int[] second = words(layout, codes, lane, register / 2 * 2 + 1);
        for (int plane = 0; plane < bits; plane++) {
          int word = permute(first[plane], second[plane],
              register % 2 == 0 ? PlaneLayout.UPPER_ROW : PlaneLayout.LOWER_ROW);
          for (int bit = 0; bit < 32; bit++) {
            Place place = atom.a().at(lane, register, bit);
            // Word t of a block of 128 has bit S + 8j where position 16 S + 4 t + j is.
            int inBlock = place.col() % 128;
            int position = place.col() / 128 * 128 + 16 * (inBlock % 8) + 4 * (inBlock / 32) + inBlock % 32 / 8;
            assertEquals(codes[place.row()][quantizer.feature(position)] >>> plane & 1, word >>> bit & 1,
                "lane " + lane + ", register " + register + ", bit " + bit + ", seed " + SEED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void bytesOfPlanesAreTheCodesInTheOrderOfTheQuantizer(int bits) {
    WeightLayout layout = WeightLayout.of(new BipolarCodec(bits));
    int[][] codes = codes(bits, 128);
    ByteFragments fragments = ByteFragments.ofPlanes(bits);
    for (int lane = 0; lane < 32; lane++) {
      int[] first = words(layout, codes, lane, 0);
      int[] second = words(layout, codes, lane, 1);
      for (int half = 0; half < 2; half++) {
        int selector = half == 0 ? PlaneLayout.UPPER_ROW : PlaneLayout.LOWER_ROW;
        int[] row = IntStream.range(0, bits).map(plane -> permute(first[plane], second[plane], selector)).toArray();
        requireBytes(fragments.apply(row), codes[lane / 4 + 8 * half], lane, quantizer(fragments.run()));
      }
    }
  }

  private static void requireBytes(int[] registers, int[] codes, int lane, ActivationQuantizer quantizer) {
    for (int register = 0; register < registers.length; register++) {
      for (int element = 0; element < 4; element++) {
        int feature = quantizer.feature(16 * register + 4 * (lane % 4) + element);
        assertEquals(codes[feature], registers[register] >>> (8 * element) & 0xff,
            "lane " + lane + ", register " + register + ", seed " + SEED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void bytesOfCodesAreTheFieldsInTheOrderOfTheQuantizer(int bits) {
    for (Codec codec : new Codec[]{new UintCodec(bits), new IntCodec(bits)}) {
      WeightLayout layout = WeightLayout.of(codec);
      int[][] codes = codes(bits, 64);
      ByteFragments fragments = ByteFragments.ofCodes(layout);
      for (int lane = 0; lane < 32; lane++) {
        int[] all = fragments.apply(words(layout, codes, lane, 0));
        for (int half = 0; half < 2; half++) {
          int parity = half;
          int[] row = IntStream.range(0, 4).map(register -> all[2 * register + parity]).toArray();
          requireBytes(row, codes[lane / 4 + 8 * half], lane, quantizer(fragments.run()));
        }
      }
    }
  }
}
