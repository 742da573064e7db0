package org.bitloom.emulator.exec;

/** Applies a function to all lanes of 64-bit rows. */
final class LongLoop extends LongLanes {
  private final LongFunction.Function f;

  LongLoop(LongFunction.Function f) {
    this.f = f;
  }

  @Override
  void compute(Warp w, long[] to, int x, int y, int z) {
    long[] a = w.d[x];
    long[] b = w.d[y];
    long[] c = w.d[z];
    for (int l = 0; l < Warp.LANES; l++) {
      to[l] = f.of(a[l], b[l], c[l]);
    }
  }
}
