package org.bitloom.emulator.exec;

/**
 * A predicate operand.
 *
 * @param index the predicate, or -1 for a constant
 * @param flip XORed onto it: -1 to negate; the constant itself where index is -1
 */
public record PredicateSource(int index, int flip) {
  /** Always true. */
  public static final PredicateSource TRUE = new PredicateSource(-1, -1);

  int of(Warp w) {
    return index < 0 ? flip : w.p[index] ^ flip;
  }
}
