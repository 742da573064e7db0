package org.bitloom.emulator.exec;

/** Room for the operands of one matrix instruction, one a warp so that no instruction allocates. */
final class MmaTile {
  final float[] a = new float[16 * 32];
  final float[] b = new float[32 * 8];
  final float[] c = new float[16 * 8];
  final int[] ia = new int[16 * 32];
  final int[] ib = new int[32 * 8];
  final int[] ic = new int[16 * 8];
}
