package org.bitloom.codegen.target;

import java.util.List;
import java.util.stream.IntStream;

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
  public static final MmaAtom M16N8K16_F16 = floats(16, MmaType.F16);
  /** bf16 operands, f32 accumulators; sm_80 and newer. */
  public static final MmaAtom M16N8K16_BF16 = floats(16, MmaType.BF16);
  /** f16 operands, half the depth; sm_80 and newer. */
  public static final MmaAtom M16N8K8_F16 = floats(8, MmaType.F16);
  /** bf16 operands, half the depth; sm_80 and newer. */
  public static final MmaAtom M16N8K8_BF16 = floats(8, MmaType.BF16);
  /** FP8 operands, f32 accumulators; sm_89 and newer. */
  public static final MmaAtom M16N8K32_E4M3 = floats(32, MmaType.E4M3);
  /** FP8 operands, f32 accumulators; sm_89 and newer. */
  public static final MmaAtom M16N8K32_E5M2 = floats(32, MmaType.E5M2);
  /** Signed bytes; sm_80 and newer. */
  public static final MmaAtom M16N8K32_S8 = bytes(32, MmaType.S8, MmaType.S8);
  /** Unsigned bytes times signed bytes; sm_80 and newer. */
  public static final MmaAtom M16N8K32_U8S8 = bytes(32, MmaType.U8, MmaType.S8);
  /** Signed bytes times unsigned bytes; sm_80 and newer. */
  public static final MmaAtom M16N8K32_S8U8 = bytes(32, MmaType.S8, MmaType.U8);
  /** Unsigned bytes; sm_80 and newer. */
  public static final MmaAtom M16N8K32_U8 = bytes(32, MmaType.U8, MmaType.U8);
  /** Signed bytes, half the depth; sm_80 and newer. */
  public static final MmaAtom M16N8K16_S8 = bytes(16, MmaType.S8, MmaType.S8);
  /** Population count of the AND of bit rows; sm_80 to sm_90. */
  public static final MmaAtom M16N8K256_B1_AND = bits(256, "and");
  /** Population count of the XOR of bit rows; emulated from sm_90 on. */
  public static final MmaAtom M16N8K256_B1_XOR = bits(256, "xor");
  /** Population count of the AND of bit rows, half the depth. */
  public static final MmaAtom M16N8K128_B1_AND = bits(128, "and");

  /** All atoms. */
  public static final List<MmaAtom> ALL = List.of(M16N8K16_F16, M16N8K16_BF16, M16N8K8_F16, M16N8K8_BF16, M16N8K32_E4M3,
      M16N8K32_E5M2, M16N8K32_S8, M16N8K32_U8S8, M16N8K32_S8U8, M16N8K32_U8, M16N8K16_S8, M16N8K256_B1_AND,
      M16N8K256_B1_XOR, M16N8K128_B1_AND);

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

  private static MmaAtom floats(int k, MmaType type) {
    return atom(k, type, type, MmaType.F32, "", switch (type) {
      case E4M3, E5M2 -> "9.7.15.5.10 Matrix Fragments for mma.m16n8k32";
      default -> k == 16
          ? "9.7.15.5.8 Matrix Fragments for mma.m16n8k16 with floating point type"
          : "9.7.15.5.7 Matrix Fragments for mma.m16n8k8";
    });
  }

  private static MmaAtom bytes(int k, MmaType a, MmaType b) {
    return atom(k, a, b, MmaType.S32, "", k == 32
        ? "9.7.15.5.10 Matrix Fragments for mma.m16n8k32"
        : "9.7.15.5.9 Matrix Fragments for mma.m16n8k16 with integer type");
  }

  private static MmaAtom bits(int k, String operation) {
    return atom(k, MmaType.B1, MmaType.B1, MmaType.S32, "." + operation + ".popc", k == 256
        ? "9.7.15.5.13 Matrix Fragments for mma.m16n8k256"
        : "9.7.15.5.12 Matrix Fragments for mma.m16n8k128");
  }

  private static MmaAtom atom(int k, MmaType a, MmaType b, MmaType c, String suffix, String section) {
    int elementBits = Integer.numberOfTrailingZeros(32 / a.bits());
    String types = c.ptx() + "." + a.ptx() + "." + b.ptx() + "." + c.ptx();
    return new MmaAtom("m16n8k" + k + "." + a.ptx() + "." + b.ptx() + suffix, 16, 8, k, a, b, c,
        rowOperand(k, elementBits), columnOperand(k, elementBits), accumulator(),
        "mma.sync.aligned.m16n8k" + k + ".row.col." + types + suffix, section);
  }

  /**
   * Operand A of all m16n8 shapes: neighbouring elements along k in a register, the four lanes of a quad side by side along
   * k, quads along the rows; registers alternate between rows r and r + 8, then (where there are four) between the halves
   * of k.
   */
  private static Fragment rowOperand(int k, int elementBits) {
    int quad = 4 << elementBits;
    List<Step> registers = k == quad ? List.of(new Step(8, 0)) : List.of(new Step(8, 0), new Step(0, quad));
    return new Fragment(16, k, along(elementBits, Axis.COLUMN), registers, List.of(new Step(0, 1 << elementBits),
        new Step(0, 2 << elementBits), new Step(1, 0), new Step(2, 0), new Step(4, 0)));
  }

  /** Operand B of all m16n8 shapes: k runs as in operand A, quads along the columns. */
  private static Fragment columnOperand(int k, int elementBits) {
    int quad = 4 << elementBits;
    List<Step> registers = k == quad ? List.of() : List.of(new Step(quad, 0));
    return new Fragment(k, 8, along(elementBits, Axis.ROW), registers, List.of(new Step(1 << elementBits, 0),
        new Step(2 << elementBits, 0), new Step(0, 1), new Step(0, 2), new Step(0, 4)));
  }

  /** The accumulators of all m16n8 shapes: column pairs in a quad, registers 2 and 3 eight rows below. */
  private static Fragment accumulator() {
    return new Fragment(16, 8, List.of(), List.of(new Step(0, 1), new Step(8, 0)),
        List.of(new Step(0, 2), new Step(0, 4), new Step(1, 0), new Step(2, 0), new Step(4, 0)));
  }

  private enum Axis {
    ROW, COLUMN
  }

  private static List<Step> along(int bits, Axis axis) {
    return IntStream.range(0, bits).mapToObj(i -> axis == Axis.ROW ? new Step(1 << i, 0) : new Step(0, 1 << i))
        .toList();
  }
}
