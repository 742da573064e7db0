package org.bitloom.job;

import org.bitloom.runtime.api.ActivationType;

/** How far a result may be from float64, as {@code ||y - reference|| / ||reference||}. */
final class Tolerance {
  private Tolerance() {
  }

  /** For results of {@code type}: about half a unit in the last place of every number, and the accumulation's share. */
  static double of(ActivationType type) {
    return switch (type) {
      case F16 -> 1e-3;
      case BF16 -> 8e-3;
    };
  }
}
