package org.bitloom.codegen.ir;

import java.util.List;

import org.bitloom.codegen.layout.ByteFragments;

/**
 * A kernel that multiplies integers by integers. Its stages are those of a streaming kernel, and their order never varies:
 *
 * <pre>
 * StreamCodes StreamOperands            asynchronous copies, once for each pipeline stage
 * LoadOperand Unpack Mma ApplyGroups?   for each step of the MMA's k
 * Recover ReduceWarps ReduceSplits      sums of the planes' products, of warps and of splits of k
 * ApplyParams StoreTile                 once
 * </pre>
 *
 * @param codeBits bits of one weight code
 * @param cells cells of 16 x 64 codes in a packing unit
 * @param operand how words become operand A
 * @param columnPlanes planes of activations, side by side along the MMA's n; 1 where operands are bytes
 * @param activationBytes whether a byte of operand B is signed
 * @param weights what an operand of the weights stands for
 * @param activations what an operand of the activations stands for
 * @param planes parameters of the weights
 */
public record IntegerIr(String entry, int codeBits, int cells, WeightOperand operand, int columnPlanes,
    Signedness activationBytes, Line weights, Line activations, List<PlaneUse> planes,
    Stage.StoreTile store) implements LoweredKernel {
  public IntegerIr {
    planes = List.copyOf(planes);
    if (planes.stream().anyMatch(PlaneUse::grouped) && activations.low() != 0) {
      throw new IllegalArgumentException(entry + ": groups need activations whose operands are their values");
    }
  }

  /** {@code value = step * operand + low}. */
  public record Line(int step, int low) {
  }

  /** How bytes of activations are read. */
  public enum Signedness {
    SIGNED, UNSIGNED
  }

  /** How the words of a lane become registers of operand A. */
  public sealed interface WeightOperand {
    /** One bit plane after the other, by byte permutations. */
    record Planes() implements WeightOperand {
    }

    /** Bytes made of the planes of two neighbouring cells. */
    record BytesOfPlanes(ByteFragments fragments) implements WeightOperand {
    }

    /** Bytes made of the codes of a cell. */
    record BytesOfCodes(ByteFragments fragments) implements WeightOperand {
    }
  }

  /** Planes of weights that are multiplied one by one. */
  public int weightPlanes() {
    return operand instanceof WeightOperand.Planes ? codeBits : 1;
  }

  /** Whether some parameters change along k. */
  public boolean grouped() {
    return planes.stream().anyMatch(PlaneUse::grouped);
  }

  @Override
  public String toString() {
    return """
        kernel %s {
          StreamCodes[codeBits=%s, cells=%s]
          StreamOperands[planes=%s]
          LoadOperand[]
          Unpack[%s]
          Mma[activations=%s]
          ApplyParams[weights=%s, activations=%s, planes=%s, grouped=%s]
          ReduceWarps[]
          ReduceSplits[]
          %s
        }
        """.formatted(entry, codeBits, cells, columnPlanes, operand, activationBytes, weights, activations, planes,
        grouped(), store);
  }
}
