package org.bitloom.job;

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
    if (batch < 1 || batch > 65_536) {
      throw new BadInput("a batch has 1..65536 rows, not " + batch);
    }
  }
}
