package org.bitloom.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.ActivationType;

/**
 * What to tune.
 *
 * @param formats shipped formats, {@code .bl} files, or {@code all}
 * @param kernels kernels by name; without it each format's plain one, see {@link PlainKernels}
 * @param planes how many sign planes of binary-coded weights to use, each number a kernel of its own; empty for all planes
 * @param out where the winners go
 * @param time for all batches of one format and shape
 */
public record TuneRequest(List<String> formats, Optional<Pattern> kernels, List<Integer> planes,
    List<ShapeBatches> shapes, ActivationType type, Path out, Known known, Duration time) {
  /** What to do about a product whose winner is stored already. */
  public enum Known {
    TUNE_AGAIN, KEEP
  }

  public TuneRequest {
    formats = List.copyOf(formats);
    shapes = List.copyOf(shapes);
    planes = List.copyOf(planes);
    if (time.isNegative() || time.isZero()) {
      throw new BadInput("tuning takes some time; give at least a second");
    }
  }
}
