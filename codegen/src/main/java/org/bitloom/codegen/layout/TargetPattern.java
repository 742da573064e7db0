package org.bitloom.codegen.layout;

import java.util.List;

/**
 * Where the field bits of a pair of codes lie in a 32-bit register: bit i of half h at {@code positions[h * bits + i]}.
 * Half 0 is the weight of the even k.
 */
public record TargetPattern(List<Integer> positions) {
  public TargetPattern {
    positions = List.copyOf(positions);
    if (positions.isEmpty() || positions.size() % 2 != 0) {
      throw new IllegalArgumentException("a pattern places two fields of equal width, not " + positions);
    }
    int seen = 0;
    for (int position : positions) {
      if (position < 0 || position > 31 || (seen >>> position & 1) != 0) {
        throw new IllegalArgumentException("positions are distinct and 0..31, not " + positions);
      }
      seen |= 1 << position;
    }
  }

  /** Bits of one field. */
  public int bits() {
    return positions.size() / 2;
  }

  /** The register bit that holds bit {@code bit} of half {@code half}. */
  public int position(int half, int bit) {
    return positions.get(half * bits() + bit);
  }

  /** All register bits that hold a field bit. */
  public int mask() {
    int mask = 0;
    for (int position : positions) {
      mask |= 1 << position;
    }
    return mask;
  }

  /** Whether the upper half of the register repeats the lower one. */
  boolean isTwoHalves() {
    for (int i = 0; i < bits(); i++) {
      if (position(1, i) != position(0, i) + 16) {
        return false;
      }
    }
    return true;
  }
}
