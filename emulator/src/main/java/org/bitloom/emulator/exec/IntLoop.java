package org.bitloom.emulator.exec;

/** Applies a function to all lanes of 32-bit rows. */
final class IntLoop extends IntLanes {
  private final Function f;

  IntLoop(Function f) {
    this.f = f;
  }

  @Override
  void compute(int[] to, int[] x, int[] y, int[] z) {
    for (int l = 0; l < Warp.LANES; l++) {
      to[l] = f.of(x[l], y[l], z[l]);
    }
  }
}
