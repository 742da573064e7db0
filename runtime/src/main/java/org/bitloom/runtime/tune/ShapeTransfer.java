package org.bitloom.runtime.tune;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;

/**
 * Chooses for a shape that was never measured, from what won at other shapes. What carries over is the compiled text: tile sizes,
 * warps and depth suit a format and a batch, while split-K and the number of blocks follow the shape. Of the schedules whose text
 * won elsewhere the kernel's model picks one; it is taken if the model holds it to be nearly as fast as its own first choice.
 */
public final class ShapeTransfer {
  /**
   * How much slower than its first choice the model may hold a text that won elsewhere. Over measured shapes, each left out in turn,
   * results are best from 1.01 to 1.03 (UntunedChoiceTest).
   */
  private static final double TRUST = 1.02;

  /** Above it the model chose better than winners of other shapes did, over the rows of docs/results. */
  private static final int LARGEST_BATCH = 16;

  private ShapeTransfer() {
  }

  private record Text(String family, List<String> defines) {
    static Text of(Schedule schedule) {
      return new Text(schedule.family(), schedule.defines());
    }
  }

  /** A legal schedule that {@code winners} of other shapes speak for, if any. */
  public static Optional<Schedule> choice(ScheduleSpace space, Problem problem, DeviceLimits limits,
      Collection<Schedule> winners) {
    Set<Text> texts = winners.stream().map(Text::of).collect(Collectors.toSet());
    if (texts.isEmpty() || problem.m() > LARGEST_BATCH) {
      return Optional.empty();
    }
    double limit = TRUST * space.estimateUs(space.firstChoice(problem, limits), problem, limits);
    record Rated(Schedule schedule, double us) {
    }
    return space.candidates(problem, limits).stream().filter(schedule -> texts.contains(Text.of(schedule)))
        .map(schedule -> new Rated(schedule, space.estimateUs(schedule, problem, limits)))
        .filter(rated -> rated.us() <= limit)
        .min(Comparator.comparingDouble(Rated::us).thenComparing(rated -> rated.schedule().toString()))
        .map(Rated::schedule);
  }
}
