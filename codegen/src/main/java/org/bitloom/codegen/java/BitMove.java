package org.bitloom.codegen.java;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.codegen.layout.Placement;

/**
 * Bits of one pair that go to one word in unchanged order, so that one compress and one expand move them.
 *
 * @param source their mask in the two bytes of a pair: bit i of half h is bit 8h + i
 * @param target their mask in the word
 */
record BitMove(int pair, int word, int source, int target) {
  BitMove {
    if (Integer.bitCount(source) != Integer.bitCount(target) || source == 0) {
      throw new IllegalArgumentException("a move keeps the number of its bits");
    }
  }

  /** Number of bits moved. */
  int bits() {
    return Integer.bitCount(source);
  }

  /** {@link #source} for the four pairs of 8 codes. */
  long sourceOfFour() {
    return source * 0x0001_0001_0001_0001L;
  }

  /** {@link #target} for the words of two lanes. */
  long targetOfTwo() {
    return Integer.toUnsignedLong(target) * 0x1_0000_0001L;
  }

  /** All moves of a placement, by pair. Each keeps order, and there are as few as that allows. */
  static List<BitMove> of(Placement placement) {
    List<BitMove> moves = new ArrayList<>();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      List<BitMove> ofPair = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        for (int bit = 0; bit < placement.bits(); bit++) {
          int place = placement.place(pair, half, bit);
          add(ofPair, new BitMove(pair, place / 32, 1 << (8 * half + bit), 1 << place % 32));
        }
      }
      moves.addAll(ofPair);
    }
    return List.copyOf(moves);
  }

  /** Appends to the move that ends nearest below the new bit, else starts a move. */
  private static void add(List<BitMove> moves, BitMove bit) {
    int best = -1;
    for (int i = 0; i < moves.size(); i++) {
      BitMove move = moves.get(i);
      if (move.word == bit.word && highest(move) < highest(bit)
          && (best < 0 || highest(move) > highest(moves.get(best)))) {
        best = i;
      }
    }
    if (best < 0) {
      moves.add(bit);
    } else {
      BitMove move = moves.get(best);
      moves.set(best, new BitMove(bit.pair, bit.word, move.source | bit.source, move.target | bit.target));
    }
  }

  private static int highest(BitMove move) {
    return 31 - Integer.numberOfLeadingZeros(move.target);
  }
}
