package org.bitloom.emulator.exec;

/** An operation on the 32 lanes of up to three rows that gives 64-bit numbers; it knows which rows are wide. */
public abstract class LongLanes {
  /** Computes all lanes of {@code to}; {@code x}, {@code y}, {@code z} are rows of {@code w}. */
  abstract void compute(Warp w, long[] to, int x, int y, int z);
}
