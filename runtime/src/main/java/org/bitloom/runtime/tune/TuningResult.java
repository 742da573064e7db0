package org.bitloom.runtime.tune;

import java.util.List;

import org.bitloom.runtime.api.RejectedSchedule;
import org.bitloom.runtime.api.Schedule;

/**
 * What a search found.
 *
 * @param us median time of the winner, in microseconds
 * @param firstUs the same for the kernel's own first choice, from the same rounds; NaN if that was unfit or wrong
 * @param measured schedules whose time was taken
 * @param unfit schedules that compiled badly or not at all
 * @param wrong schedules whose result was wrong: faults of the generator that must be looked into
 */
public record TuningResult(Schedule schedule, double us, double firstUs, int measured, List<RejectedSchedule> unfit,
    List<RejectedSchedule> wrong) {
  public TuningResult {
    unfit = List.copyOf(unfit);
    wrong = List.copyOf(wrong);
  }
}
