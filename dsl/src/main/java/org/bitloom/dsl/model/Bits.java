package org.bitloom.dsl.model;

/** The one bound that all element widths share. */
final class Bits {
  static final int MAX = 8;

  private Bits() {
  }

  static void check(int bits) {
    if (bits < 1 || bits > MAX) {
      throw new IllegalArgumentException("a width is 1.." + MAX + " bits, not " + bits);
    }
  }
}
