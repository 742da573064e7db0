package org.bitloom.codegen.plan;

import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.Range;
import org.bitloom.runtime.api.Bounds;

/** What a kernel's declaration allows its schedules: tile sizes, pipeline stages, splits of k. */
record Ranges(Bounds m, Bounds n, Bounds k, Bounds stages, Bounds splitK) {
  static Ranges of(KernelSpec kernel) {
    return new Ranges(bounds(kernel.tileM()), bounds(kernel.tileN()), bounds(kernel.tileK()), bounds(kernel.stages()),
        bounds(kernel.splitK()));
  }

  private static Bounds bounds(Range range) {
    return new Bounds(range.low(), range.high());
  }
}
