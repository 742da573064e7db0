package org.bitloom.job;

import java.lang.foreign.Arena;
import java.util.Optional;

import org.bitloom.runtime.api.SignPlanes;

/**
 * One product to run.
 *
 * @param format a shipped format or a {@code .bl} file
 * @param kernel name of one of its kernels; without, the first
 * @param planes sign planes of binary-coded weights to use; without, all
 * @param device {@code auto}, {@code cuda}, {@code cpu}, {@code emulated}
 */
public record RunRequest(String format, Optional<String> kernel, WeightSource weights, int batch, String device,
    Optional<SignPlanes> planes) {
  public RunRequest {
    Shape.requireBatch(batch);
    if (weights instanceof WeightSource.Random(Shape shape)) {
      shape.product(batch);
    }
  }

  /** The weights, which the batch is not too large for. */
  WeightSource.NamedMatrix load(Arena arena) {
    WeightSource.NamedMatrix loaded = weights.load(arena);
    new Shape(loaded.matrix().n(), loaded.matrix().k()).product(batch);
    return loaded;
  }
}
