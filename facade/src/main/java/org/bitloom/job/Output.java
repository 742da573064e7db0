package org.bitloom.job;

import java.util.Arrays;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationType;

/** A result y[m][n] brought back from a device, and what the memory behind it looked like. Immutable. */
final class Output {
  private final ActivationType type;
  private final short[] bits;
  private final Optional<String> damage;

  /**
   * A result.
   *
   * @param damage says what was overwritten behind the result, if anything was
   */
  Output(ActivationType type, short[] bits, Optional<String> damage) {
    this.type = type;
    this.bits = bits.clone();
    this.damage = damage;
  }

  int size() {
    return bits.length;
  }

  double value(int index) {
    return SixteenBit.value(type, bits[index]);
  }

  Optional<String> damage() {
    return damage;
  }

  boolean sameBits(Output other) {
    return Arrays.equals(bits, other.bits);
  }
}
