package org.bitloom.emulator.exec;

/** Applies a function to all lanes of a 64-bit row and a row of amounts. */
final class LongShiftLoop extends LongLanes {
  private final LongShift.Function f;

  LongShiftLoop(LongShift.Function f) {
    this.f = f;
  }

  @Override
  void compute(Warp w, long[] to, int x, int y, int z) {
    long[] a = w.d[x];
    int[] amounts = w.r[y];
    for (int l = 0; l < Warp.LANES; l++) {
      to[l] = f.of(a[l], amounts[l]);
    }
  }
}
