package org.bitloom.emulator.exec;

/** Applies a function to all lanes of two 32-bit rows and a 64-bit row. */
final class WideLoop extends LongLanes {
  private final WideFunction.Function f;

  WideLoop(WideFunction.Function f) {
    this.f = f;
  }

  @Override
  void compute(Warp w, long[] to, int x, int y, int z) {
    int[] a = w.r[x];
    int[] b = w.r[y];
    long[] c = w.d[z];
    for (int l = 0; l < Warp.LANES; l++) {
      to[l] = f.of(a[l], b[l], c[l]);
    }
  }
}
