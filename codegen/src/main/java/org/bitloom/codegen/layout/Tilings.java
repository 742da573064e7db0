package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;

/**
 * All ways to put as many whole pairs as possible into one word. Bits are counted modulo {@code modulus}: 16 where the
 * halves of a pattern repeat, so that one residue stands for two bits, else 32.
 *
 * @param pattern the residues of a pair that is extracted without rotation
 */
record Tilings(int modulus, int pattern) {
  private static final int LIMIT = 256;

  /** One way: the rotations of the whole pairs, and the residues that they leave free. */
  record Tiling(List<Integer> rotations, int free) {
    Tiling {
      rotations = List.copyOf(rotations);
    }
  }

  static Tilings of(TargetPattern pattern) {
    return pattern.isTwoHalves() ? new Tilings(16, pattern.mask() & 0xffff) : new Tilings(32, pattern.mask());
  }

  /** Rotates residues towards higher ones. */
  int rotate(int residues, int by) {
    return modulus == 32
        ? Integer.rotateLeft(residues, by)
        : (residues << by % 16 | residues >>> (16 - by % 16)) & 0xffff;
  }

  /** The tilings with the most whole pairs, at most {@value #LIMIT} of them. */
  List<Tiling> all() {
    int size = Integer.bitCount(pattern);
    for (int pairs = modulus / size; pairs >= 1; pairs--) {
      List<Tiling> found = new ArrayList<>();
      cover(0, 0, modulus - pairs * size, new ArrayList<>(), found);
      if (!found.isEmpty()) {
        return found;
      }
    }
    throw new IllegalStateException("a pattern always fits once");
  }

  /** Decides residue after residue: covered by a pair that starts a new translate, or left free while gaps remain. */
  private void cover(int used, int free, int gaps, List<Integer> rotations, List<Tiling> found) {
    int open = ~(used | free) & (modulus == 32 ? -1 : 0xffff);
    if (open == 0) {
      found.add(new Tiling(rotations.stream().sorted().toList(), free));
      return;
    }
    int next = Integer.lowestOneBit(open);
    for (int by = 0; by < modulus && found.size() < LIMIT; by++) {
      int translate = rotate(pattern, modulus - by);
      if ((translate & next) != 0 && (translate & ~open) == 0) {
        rotations.add(by);
        cover(used | translate, free, gaps, rotations, found);
        rotations.removeLast();
      }
    }
    if (gaps > 0 && found.size() < LIMIT) {
      cover(used, free | next, gaps - 1, rotations, found);
    }
  }
}
