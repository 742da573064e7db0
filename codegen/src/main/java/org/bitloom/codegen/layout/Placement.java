package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the field bits of one lane's share of a cell lie: 16 pairs of {@code bits}-bit fields in {@code bits} words of 32
 * bits. Bit i of half h of pair p lies at {@code places[(2p + h) * bits + i]} = 32 * word + bit of the word; the
 * constructor refuses a map that loses a bit.
 */
public record Placement(int bits, List<Integer> places) {
  /** Pairs of codes that a lane holds of one cell. */
  public static final int PAIRS = 16;

  public Placement {
    places = List.copyOf(places);
    List<Integer> sorted = new ArrayList<>(places);
    Collections.sort(sorted);
    if (!sorted.equals(IntStream.range(0, 2 * PAIRS * bits).boxed().toList())) {
      throw new IllegalArgumentException("not a bijection of " + 2 * PAIRS * bits + " bits: " + places);
    }
  }

  /** 32 * word + bit of the word, for one field bit. */
  public int place(int pair, int half, int bit) {
    return places.get((2 * pair + half) * bits + bit);
  }

  /** The words that hold {@code fields}, given as field of half h of pair p at {@code [2p + h]}. */
  public int[] insert(int[] fields) {
    int[] words = new int[bits];
    for (int source = 0; source < places.size(); source++) {
      int place = places.get(source);
      words[place / 32] |= (fields[source / bits] >>> source % bits & 1) << place % 32;
    }
    return words;
  }
}
