package org.bitloom.codegen.ir;

import java.util.List;

import org.bitloom.codegen.ir.IntegerIr.WeightOperand;
import org.bitloom.codegen.layout.PlaneLayout;
import org.bitloom.codegen.target.WarpgroupAtom;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.ParamType;

/**
 * One step of a kernel that multiplies integers in warpgroups: one warpgroup copies, the others multiply.
 *
 * <pre>
 * kernel   := planes Correct StoreColumns | bytes Correct StoreColumns
 * planes   := StreamWeightPlanes StreamTiles MultiplyPlanes
 * bytes    := StreamWeightCodes StreamTiles AssembleBytes MultiplyBytes
 * </pre>
 */
public sealed interface IntegerStage {
  /**
   * Copies one bit plane of weights at a time to shared memory, 1024 k of it, from units of 256 k,
   * {@code [ceil(n/16)][ceil(k/256)][planes][32 lanes][4 words]}.
   */
  record StreamWeightPlanes(int planes) implements IntegerStage {
    public StreamWeightPlanes {
      requireBits(planes);
    }
  }

  /** Copies all bits of weights, 256 k at a time, from units of {@code unitK}: {@code [ceil(n/16)][ceil(k/unitK)][unit]}. */
  record StreamWeightCodes(int bits, int unitK) implements IntegerStage {
    public StreamWeightCodes {
      requireBits(bits);
      if (unitK < 1 || PlaneLayout.UNIT_K % unitK != 0) {
        throw new IllegalArgumentException("units of " + unitK + " k do not fill " + PlaneLayout.UNIT_K);
      }
    }
  }

  /**
   * Copies quantized activations to shared memory: {@code [k / slab][planes][ceil(m/8)][8 rows][128 bytes]}, whose chunks of
   * 16 bytes are already swizzled as wgmma reads them. A slab of bit planes has 1024 k, one of bytes (a single plane) 128.
   */
  record StreamTiles(int planes, int slab) implements IntegerStage {
    /** k of a slab of bit planes and of bytes. */
    public static final int PLANES = 1024;
    public static final int BYTES = 128;

    public StreamTiles {
      requireBits(planes);
      if (slab != PLANES && (slab != BYTES || planes != 1)) {
        throw new IllegalArgumentException("a row of 128 bytes holds 1024 bits of a plane or 128 bytes");
      }
    }
  }

  /**
   * Multiplies every plane of weights with every plane of activations: pairs of equal weight 2^s one after the other, from
   * the highest s to 0, in one set of accumulators that doubles in between.
   */
  record MultiplyPlanes(WarpgroupAtom atom, int weightPlanes, int activationPlanes) implements IntegerStage {
  }

  /** Makes bytes of the words of weights, in registers. */
  record AssembleBytes(WeightOperand operand) implements IntegerStage {
    public AssembleBytes {
      if (operand instanceof WeightOperand.Planes) {
        throw new IllegalArgumentException("planes are no bytes");
      }
    }
  }

  /** Multiplies bytes. */
  record MultiplyBytes(WarpgroupAtom atom) implements IntegerStage {
  }

  /** Turns the sum of stored operands into the sum of values, and scales it with its row's and its token's scale. */
  record Correct(Correction correction, ParamType.Float scale) implements IntegerStage {
  }

  /** Applies the epilogue, transposes through shared memory and stores y[m][n]. */
  record StoreColumns(ActivationType y, List<Epilogue> epilogue) implements IntegerStage {
    public StoreColumns {
      epilogue = List.copyOf(epilogue);
    }
  }

  private static void requireBits(int bits) {
    if (bits < 1 || bits > 8) {
      throw new IllegalArgumentException("there are 1 to 8 bits, not " + bits);
    }
  }
}
