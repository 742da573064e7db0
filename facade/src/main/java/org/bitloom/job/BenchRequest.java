package org.bitloom.job;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Schedule;

/**
 * What to measure.
 *
 * @param formats shipped formats by name
 * @param kernels kernels by name; without it each format's plain one, see {@link PlainKernels}
 * @param planes how many sign planes of binary-coded weights to use, each number in turn; empty for all planes at once
 * @param type activations of the kernels
 * @param without each of these sets of parts is left out of every kernel in turn, beside the whole kernel
 */
public record BenchRequest(Pattern formats, Optional<Pattern> kernels, List<ShapeBatches> shapes,
    List<Integer> planes, Schedules schedules, ActivationType type, List<Set<KernelPart>> without) {
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
    planes = List.copyOf(planes);
    without = List.copyOf(without);
    if (planes.stream().anyMatch(used -> used < 1)) {
      throw new BadInput("a product uses at least one sign plane");
    }
  }
}
