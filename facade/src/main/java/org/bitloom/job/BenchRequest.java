package org.bitloom.job;

import java.util.List;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Schedule;

/**
 * What to measure.
 *
 * @param formats shipped formats by name
 * @param type activations of the kernels
 */
public record BenchRequest(Pattern formats, List<Shape> shapes, List<Integer> batches, Schedules schedules,
    ActivationType type) {
  /** Which schedules of each kernel. */
  public sealed interface Schedules {
    /** What products run with: the stored winner, where there is one. */
    record Tuned() implements Schedules {
    }

    /** What the kernel runs with where nothing was measured. */
    record First() implements Schedules {
    }

    /** Every legal one. */
    record All() implements Schedules {
    }

    /** These, where they are legal. */
    record Listed(List<Schedule> schedules) implements Schedules {
      public Listed {
        schedules = List.copyOf(schedules);
      }
    }

    /** Parses {@code tuned}, {@code first}, {@code all} or a comma-separated list of schedules. */
    static Schedules parse(String text) {
      return switch (text) {
        case "tuned" -> new Tuned();
        case "first" -> new First();
        case "all" -> new All();
        default -> {
          try {
            yield new Listed(List.of(text.split(",")).stream().map(Schedule::parse).toList());
          } catch (IllegalArgumentException e) {
            throw new BadInput(e.getMessage() + "; or tuned, first, all", e);
          }
        }
      };
    }
  }

  public BenchRequest {
    shapes = List.copyOf(shapes);
    batches = List.copyOf(batches);
  }
}
