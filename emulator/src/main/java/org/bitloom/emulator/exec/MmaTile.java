package org.bitloom.emulator.exec;

import org.bitloom.emulator.arith.TensorCore;

/** Room for the operands of one matrix instruction, one a warp so that no instruction allocates. Row-major. */
final class MmaTile {
  final TensorCore.Numbers a = new TensorCore.Numbers(16 * 32);
  final TensorCore.Numbers b = new TensorCore.Numbers(8 * 32);
  final OperandCache operandsA = new OperandCache(4);
  final OperandCache operandsB = new OperandCache(2);
  final TensorCore core = TensorCore.full();
  final TensorCore shortCore = TensorCore.shortened();
  final int[] ia = new int[16 * 32];
  final int[] ib = new int[8 * 32];
  final int[] ic = new int[16 * 8];
}
