package org.bitloom.emulator.decode;

import java.util.List;

import org.bitloom.emulator.exec.CarryOp;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Extended-precision sums: add.cc, addc, sub.cc, subc (PTX ISA 9.7.2). */
final class CarryDecoder {
  private final Rows rows;

  CarryDecoder(Rows rows) {
    this.rows = rows;
  }

  Op decode(Instruction i) {
    if (Words.type(i).bits() != 32) {
      throw new Unsupported("carries of 64-bit sums");
    }
    List<Operand> o = i.operands();
    CarryOp.Kind kind = i.opcode().startsWith("add") ? CarryOp.Kind.ADD : CarryOp.Kind.SUB;
    CarryOp.In in = i.opcode().endsWith("c") ? CarryOp.In.CARRY : CarryOp.In.NONE;
    return new CarryOp(kind, in, rows.ints(o.get(0)), rows.ints(o.get(1)), rows.ints(o.get(2)));
  }
}
