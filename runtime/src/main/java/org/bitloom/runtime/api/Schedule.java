package org.bitloom.runtime.api;

import java.util.List;
import java.util.Optional;

/** How a kernel runs: the numbers that one kernel family leaves open. Prints as {@code family.a1.b2} and parses back. */
public sealed interface Schedule permits DequantMmaSchedule, DequantWgmmaSchedule, SignSchedule, IntegerMmaSchedule,
    IntegerWgmmaSchedule {
  /** The kernel family that these numbers belong to. */
  String family();

  /** Every number, in the order they print; schedules of a family that differ in few of them are neighbours. */
  List<Integer> numbers();

  /** Output features of a thread block. */
  int rows();

  /** Batch columns of a thread block. */
  int batch();

  /** Packing units along k that all warps and splits of an output tile take before the first of them takes another. */
  int unitsPerRound();

  /** Slots of the pipeline's ring: stages of packing units that are in flight, or worked on. */
  int stages();

  /** The macros that specialise a kernel text. */
  List<String> defines();

  /**
   * Parses what {@link Object#toString()} of a schedule printed.
   *
   * @throws IllegalArgumentException if {@code text} is no schedule of any family
   */
  static Schedule parse(String text) {
    Optional<SignFamily> signs = SignFamily.titled(ScheduleText.family(text));
    if (signs.isPresent()) {
      return SignSchedule.parse(signs.get(), text);
    }
    return switch (ScheduleText.family(text)) {
      case DequantMmaSchedule.FAMILY -> DequantMmaSchedule.parsed(text);
      case DequantWgmmaSchedule.FAMILY -> DequantWgmmaSchedule.of(DequantWgmmaSchedule.TEXT.parse(text));
      case IntegerWgmmaSchedule.PLANES -> IntegerWgmmaSchedule.planes(IntegerWgmmaSchedule.PLANES_TEXT.parse(text));
      case IntegerWgmmaSchedule.BYTES -> IntegerWgmmaSchedule.bytes(IntegerWgmmaSchedule.BYTES_TEXT.parse(text));
      case IntegerMmaSchedule.PLANES ->
        IntegerMmaSchedule.of(IntegerMmaSchedule.PLANES, IntegerMmaSchedule.PLANES_TEXT.parse(text));
      case IntegerMmaSchedule.BYTES ->
        IntegerMmaSchedule.of(IntegerMmaSchedule.BYTES, IntegerMmaSchedule.BYTES_TEXT.parse(text));
      default -> throw new IllegalArgumentException("not a schedule: '" + text + "', expected like "
          + new DequantMmaSchedule(1, 8, 2, 1, 1, 4, 2, 1));
    };
  }
}
