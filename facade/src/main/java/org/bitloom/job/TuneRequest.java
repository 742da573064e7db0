package org.bitloom.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.bitloom.runtime.api.ActivationType;

/**
 * What to tune.
 *
 * @param formats shipped formats, {@code .bl} files, or {@code all}
 * @param out where the winners go
 * @param time for all batches of one format and shape
 */
public record TuneRequest(List<String> formats, List<Shape> shapes, List<Integer> batches, ActivationType type,
    Path out, Known known, Duration time) {
  /** What to do about a product whose winner is stored already. */
  public enum Known {
    TUNE_AGAIN, KEEP
  }

  public TuneRequest {
    formats = List.copyOf(formats);
    shapes = List.copyOf(shapes);
    batches = batches.stream().distinct().sorted().toList();
    if (batches.isEmpty() || batches.getFirst() < 1) {
      throw new BadInput("a batch has at least one row");
    }
    if (time.isNegative() || time.isZero()) {
      throw new BadInput("tuning takes some time; give at least a second");
    }
  }
}
