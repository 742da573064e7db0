package org.bitloom.tests.emulated;

import java.util.List;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.WeightFormat;

/** The shapes and batches that kernels are checked with. */
final class Layers {
  /** Less than a fragment's columns, ragged, and two column tiles. */
  static final List<Integer> BATCHES = List.of(1, 7, 16);
  private static final int MOST = 16;
  private static final long SEED = 0x6c617965;

  private Layers() {
  }

  /** Units along k that fill the ring of every schedule, of every warp and split of k, more than once; odd. */
  private static final int UNITS = 9;

  /**
   * Layers of one kernel: aligned, with rings that go round; ragged in n and k; and an odd k, whose rows of x are not
   * aligned, with more rows than a tile of a warpgroup that multiplies integers.
   */
  static List<Workload> of(WeightFormat format, KernelUnit kernel) {
    int unit = kernel.layout().unitK();
    int rows = kernel.code().isPresent() ? 64 + 37 : 37;
    return List.of(Workload.quantized(format, kernel, 32, UNITS * unit, MOST, SEED),
        Workload.quantized(format, kernel, 37, 200, MOST, SEED + 1),
        Workload.quantized(format, kernel, rows, 2 * unit + 27, MOST, SEED + 2));
  }
}
