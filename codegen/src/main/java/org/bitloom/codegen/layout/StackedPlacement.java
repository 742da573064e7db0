package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Integers lie side by side in each half of a word: fields may start at any column of a register ({@link Decode.Centered}), so that
 * several pairs come out of one word, or one shifted word, by masks alone. Where 16 is one more than a multiple of the width, the
 * spare bits 15 and 31 of all words make up the last pair.
 */
final class StackedPlacement {
  private static final int HALF = 16;

  private StackedPlacement() {
  }

  /** Whether fields of {@code bits} bits fill the halves of words that way. */
  static boolean fits(int bits) {
    return HALF % bits <= 1;
  }

  /** Pair p starts at bit {@code bits * (p % (16 / bits))} of word {@code p / (16 / bits)}. */
  static Placement placement(int bits) {
    int inWord = HALF / bits;
    List<Integer> places = new ArrayList<>();
    for (int pair = 0; pair < inWord * bits; pair++) {
      int start = 2 * HALF * (pair / inWord) + bits * (pair % inWord);
      IntStream.range(start, start + bits).forEach(places::add);
      IntStream.range(start + HALF, start + HALF + bits).forEach(places::add);
    }
    for (int spare = HALF - 1; places.size() < 2 * Placement.PAIRS * bits; spare += HALF) {
      for (int word = 0; word < bits; word++) {
        places.add(2 * HALF * word + spare);
      }
    }
    return new Placement(bits, places);
  }
}
