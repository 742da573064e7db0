package org.bitloom.codegen.ir;

import java.util.List;

import org.bitloom.codegen.target.WarpgroupAtom;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.ParamType;

/**
 * One step of a kernel that multiplies integers in warpgroups: one warp copies, the others multiply.
 *
 * <pre>
 * kernel := StreamWeightPlanes StreamTiles multiply Correct StoreColumns
 * multiply := MultiplyPlanes | SpreadPlanes MultiplyBytes
 * </pre>
 */
public sealed interface IntegerStage {
  /** Copies bit planes of weights, {@code [planes][ceil(n/16)][ceil(k/256)][32 lanes][4 words]}, to shared memory. */
  record StreamWeightPlanes(int planes) implements IntegerStage {
    public StreamWeightPlanes {
      requireBits(planes);
    }
  }

  /**
   * Copies quantized activations to shared memory: {@code [k / slab][planes][ceil(m/8)][8 rows][128 bytes]}, whose chunks of
   * 16 bytes are already swizzled as wgmma reads them. A slab of bit planes has 1024 k, one of bytes (a single plane) 128.
   */
  record StreamTiles(int planes, int slab) implements IntegerStage {
    public StreamTiles {
      requireBits(planes);
      if (slab != 128 && slab != 1024 || slab == 128 && planes != 1) {
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

  /** Puts the planes of weights together to bytes, in registers. */
  record SpreadPlanes(int planes) implements IntegerStage {
    public SpreadPlanes {
      requireBits(planes);
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

  private static void requireBits(int planes) {
    if (planes < 1 || planes > 8) {
      throw new IllegalArgumentException("there are 1 to 8 planes, not " + planes);
    }
  }
}
