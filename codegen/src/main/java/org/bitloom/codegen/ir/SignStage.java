package org.bitloom.codegen.ir;

import org.bitloom.runtime.api.ActivationType;

/** One step of a kernel for binary-coded weights; see {@link SignIr} for their order. */
public sealed interface SignStage {
  /** Copies units of sign planes, and the scales and offsets that belong to them, to each warp's own ring of shared memory. */
  record StreamSigns(int planes, SignGroups groups, int offsets) implements SignStage {
    public StreamSigns {
      if (planes < 1 || planes > 8 || offsets < 0 || offsets > 1) {
        throw new IllegalArgumentException(planes + " planes and " + offsets + " offset planes");
      }
    }
  }

  /** Makes what signs are multiplied with of activations. */
  sealed interface Prepare extends SignStage {
    /** The type of the activations. */
    ActivationType x();
  }

  /** Splits activations into two digits of 8 bits, {@code x = step * (256 * high + low)}, one step for a group of features. */
  record SplitActivations(ActivationType x) implements Prepare {
  }

  /** Splits activations into the 16 bits of fixed-point numbers, a bit of 128 of them side by side, one step for a group of features. */
  record TransposeActivations(ActivationType x) implements Prepare {
  }

  /** Tabulates the sums of 4 activations for all of their signs. */
  record TabulateActivations(ActivationType x) implements Prepare {
  }

  /** Copies activations as they are, for each packing unit, shared by the warps that work on the same unit. */
  record StreamX(ActivationType x) implements Prepare {
  }

  /** Multiplies a unit of signs by what was prepared, and adds it to the totals of its rows. */
  sealed interface Multiply extends SignStage {
  }

  /** Signs as bytes times digits on integer Tensor Cores; scales once for each group, in f32. */
  record MultiplyDigits() implements Multiply {
  }

  /** Counts where signs and bits of activations are both 1, on binary Tensor Cores; scales once for each group, in f32. */
  record MultiplyBits() implements Multiply {
  }

  /**
   * Makes numbers of the activations' type of weights, {@code offset + sum of +-scale}, by tables of levels or, f16 only, plane by
   * plane, and multiplies on Tensor Cores of that type.
   */
  record MultiplyWeights() implements Multiply {
  }

  /** Looks sums of activations up, by 4 signs at a time; scales once for each group, in f32. */
  record LookUpSums() implements Multiply {
  }
}
