package org.bitloom.emulator.exec;

import org.bitloom.emulator.arith.TensorCore;

/** Room for the operands of one matrix instruction, one a warp so that no instruction allocates. Row-major. */
final class MmaTile {
  final TensorCore.Numbers a = TensorCore.Numbers.ofA(32);
  final TensorCore.Numbers b = TensorCore.Numbers.ofB(32);
  final OperandCache operandsA = new OperandCache(4, () -> TensorCore.Numbers.ofA(32));
  final OperandCache operandsB = new OperandCache(2, () -> TensorCore.Numbers.ofB(32));
  final TensorCore core = TensorCore.full();
  final TensorCore shortCore = TensorCore.shortened();
  final int[] ia = new int[16 * 32];
  final int[] ib = new int[8 * 32];
  final int[] ic = new int[16 * 8];
}
