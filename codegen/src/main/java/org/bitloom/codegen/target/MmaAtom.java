package org.bitloom.codegen.target;

import java.util.List;

import org.bitloom.codegen.target.Fragment.Step;

/**
 * One Tensor Core instruction as data: {@code D[m,n] = A[m,k] * B[k,n] + C[m,n]}, who holds which element, and its PTX text.
 *
 * @param name a short name for people
 * @param a operand A, m x k
 * @param b operand B, k x n
 * @param c accumulators C and D, m x n, one 32-bit register an element
 * @param aType element type of A
 * @param bType element type of B
 * @param cType element type of C and D
 * @param mnemonic the PTX opcode with all its modifiers
 * @param section the section of the PTX ISA that defines the fragments
 */
public record MmaAtom(String name, int m, int n, int k, MmaType aType, MmaType bType, MmaType cType, Fragment a,
    Fragment b, Fragment c, String mnemonic, String section) {
  /** f16 operands, f32 accumulators; sm_80 and newer. */
  public static final MmaAtom M16N8K16_F16 = sixteenBit(MmaType.F16);
  /** bf16 operands, f32 accumulators; sm_80 and newer. */
  public static final MmaAtom M16N8K16_BF16 = sixteenBit(MmaType.BF16);
  /** Signed bytes; sm_80 and newer. */
  public static final MmaAtom M16N8K32_S8 = bytes(MmaType.S8, MmaType.S8, MmaType.S32);
  /** Unsigned bytes times signed bytes; sm_80 and newer. */
  public static final MmaAtom M16N8K32_U8S8 = bytes(MmaType.U8, MmaType.S8, MmaType.S32);
  /** Population count of the AND of bit rows; sm_80 to sm_90. */
  public static final MmaAtom M16N8K256_B1_AND = new MmaAtom("m16n8k256.b1.and", 16, 8, 256, MmaType.B1, MmaType.B1,
      MmaType.S32, rowOperand(256, 5), columnOperand(256, 5), accumulator(),
      "mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc", "9.7.15.5.13 Matrix Fragments for mma.m16n8k256");

  public MmaAtom {
    if (a.rows() != m || a.cols() != k || b.rows() != k || b.cols() != n || c.rows() != m || c.cols() != n) {
      throw new IllegalArgumentException(name + ": the fragments do not have the shape " + m + " x " + n + " x " + k);
    }
    if (a.elements() * aType.bits() != 32 || b.elements() * bType.bits() != 32 || c.elements() * cType.bits() != 32) {
      throw new IllegalArgumentException(name + ": the elements of a register do not fill its 32 bits");
    }
    if (!mnemonic.contains(".m" + m + "n" + n + "k" + k + ".")) {
      throw new IllegalArgumentException(name + ": the mnemonic '" + mnemonic + "' has another shape");
    }
  }

  private static MmaAtom sixteenBit(MmaType type) {
    return new MmaAtom("m16n8k16." + type.ptx(), 16, 8, 16, type, type, MmaType.F32, rowOperand(16, 1),
        columnOperand(16, 1), accumulator(),
        "mma.sync.aligned.m16n8k16.row.col.f32." + type.ptx() + "." + type.ptx() + ".f32",
        "9.7.15.5.8 Matrix Fragments for mma.m16n8k16 with floating point type");
  }

  private static MmaAtom bytes(MmaType a, MmaType b, MmaType c) {
    return new MmaAtom("m16n8k32." + a.ptx() + "." + b.ptx(), 16, 8, 32, a, b, c, rowOperand(32, 2),
        columnOperand(32, 2), accumulator(),
        "mma.sync.aligned.m16n8k32.row.col." + c.ptx() + "." + a.ptx() + "." + b.ptx() + "." + c.ptx(),
        "9.7.15.5.10 Matrix Fragments for mma.m16n8k32");
  }

  /**
   * Operand A of all m16n8 shapes with four registers: neighbouring elements along k in a register, the four lanes of a
   * quad side by side along k, quads along the rows; registers alternate between rows r and r + 8, then between the
   * halves of k.
   */
  private static Fragment rowOperand(int k, int elementBits) {
    return new Fragment(16, k, alongK(elementBits, 1, Axis.COLUMN), List.of(new Step(8, 0), new Step(0, k / 2)),
        List.of(new Step(0, 1 << elementBits), new Step(0, 2 << elementBits), new Step(1, 0), new Step(2, 0),
            new Step(4, 0)));
  }

  /** Operand B of all m16n8 shapes with two registers: k runs as in operand A, quads along the columns. */
  private static Fragment columnOperand(int k, int elementBits) {
    return new Fragment(k, 8, alongK(elementBits, 1, Axis.ROW), List.of(new Step(k / 2, 0)), List
        .of(new Step(1 << elementBits, 0), new Step(2 << elementBits, 0), new Step(0, 1), new Step(0, 2), new Step(0, 4)));
  }

  /** The accumulators of all m16n8 shapes: column pairs in a quad, registers 2 and 3 eight rows below. */
  private static Fragment accumulator() {
    return new Fragment(16, 8, List.of(), List.of(new Step(0, 1), new Step(8, 0)),
        List.of(new Step(0, 2), new Step(0, 4), new Step(1, 0), new Step(2, 0), new Step(4, 0)));
  }

  private enum Axis {
    ROW, COLUMN
  }

  private static List<Step> alongK(int bits, int first, Axis axis) {
    return java.util.stream.IntStream.range(0, bits)
        .mapToObj(i -> axis == Axis.ROW ? new Step(first << i, 0) : new Step(0, first << i)).toList();
  }
}
