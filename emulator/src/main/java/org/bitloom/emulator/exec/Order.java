package org.bitloom.emulator.exec;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * In which order the blocks of a launch start and their warps get their turns. A GPU promises none, so that a kernel must
 * give the same result in all; a fault says the seed that brought it to light.
 *
 * @param seed 0 for ascending numbers, else any other order
 */
public record Order(long seed) {
  /** Ascending. */
  public static final Order ASCENDING = new Order(0);

  /** Blocks, or clusters of them, 0 to {@code count - 1} in the order in which they start. */
  int[] blocks(int count) {
    int[] order = IntStream.range(0, count).toArray();
    if (seed != 0) {
      shuffle(order, new SplittableRandom(seed));
    }
    return order;
  }

  /** The turns of the warps of a block, or cluster of blocks. */
  Turns turns(int block, int warps) {
    return new Turns(warps, seed, block);
  }

  /** The warps of a block, in another order each time they have all had their turn. */
  static final class Turns {
    private final int[] order;
    private final SplittableRandom random;
    private final long seed;

    private Turns(int warps, long seed, int block) {
      this.order = IntStream.range(0, warps).toArray();
      this.random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + block);
      this.seed = seed;
    }

    /** The order of the next round; valid until the one after it is asked for. */
    int[] next() {
      if (seed != 0) {
        shuffle(order, random);
      }
      return order;
    }
  }

  private static void shuffle(int[] a, SplittableRandom random) {
    for (int i = a.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int moved = a[i];
      a[i] = a[j];
      a[j] = moved;
    }
  }

  @Override
  public String toString() {
    return seed == 0 ? "ascending order" : "order " + seed;
  }
}
