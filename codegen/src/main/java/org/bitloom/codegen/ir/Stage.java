package org.bitloom.codegen.ir;

import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.layout.Decode;
import org.bitloom.codegen.layout.Extract;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.ParamPlane.Role;
import org.bitloom.runtime.api.ParamType;

/**
 * One step of a kernel. A family is a list of stages; each stage has one emitter.
 *
 * <pre>
 * kernel  := stream+ loop store
 * stream  := StreamCodes | StreamParams | StreamActivations       asynchronous copies, once for each pipeline stage
 * loop    := LoadFragment Unpack SumActivations? Mma ApplyParams   for each 16 x 64 cell
 * store   := ReduceWarps ReduceSplits StoreTile                    once
 * </pre>
 */
public sealed interface Stage {
  /** Copies packed codes to shared memory, 16 bytes a lane; each lane later reads back its own bytes only. */
  record StreamCodes(int codeBits, int cells) implements Stage {
  }

  /** Copies the parameters of groups beside the codes that they belong to. */
  record StreamParams(List<PlaneUse> planes) implements Stage {
    public StreamParams {
      planes = List.copyOf(planes);
    }
  }

  /** Copies x[m][k] to swizzled shared memory, shared by the warps that work on the same k; pads k with zeros. */
  record StreamActivations() implements Stage {
  }

  /** Reads activation fragments (operand B) with ldmatrix and brings them into operand form. */
  record LoadFragment(ActivationForm form) implements Stage {
  }

  /**
   * Turns the words of a lane into weight fragments (operand A).
   *
   * @param wordStride words of a lane from one word of a cell to the next; where it is not 1, those of cells are neighbours
   * @param zero integer zero points that are subtracted from the weights, exactly, with the offset that decoding leaves
   */
  record Unpack(int codeBits, int wordStride, Decode decode, List<Extract> extracts,
      Optional<PlaneUse> zero) implements Stage {
    public Unpack {
      extracts = List.copyOf(extracts);
    }

    /** The zero points among {@code planes} that weights decoded by {@code decode} can take away themselves. */
    public static Optional<PlaneUse> zero(Decode decode, List<PlaneUse> planes) {
      return planes.stream().filter(use -> use.plane().role() == Role.ZERO
          && use.plane().type() instanceof ParamType.Int zero
          && decode instanceof Decode.Centered centered && centered.subtractsExactly(zero)).findFirst();
    }
  }

  /** Adds up activations over k with an MMA against ones: the rank-1 term of zero points and offsets. */
  record SumActivations(ActivationForm form) implements Stage {
  }

  /** Multiplies fragments and accumulates in f32. */
  record Mma(ActivationForm form) implements Stage {
  }

  /**
   * {@code total += scale * factor * acc + (offset - scale * zero) * sum}, for each group or once at the end. The factor undoes
   * what the decoding left out, exactly.
   */
  record ApplyParams(List<PlaneUse> planes, double factor, double sumFactor) implements Stage {
    public ApplyParams {
      planes = List.copyOf(planes);
    }

    /** What undoes {@code decode}; activations carry a power of two, which factor and sum factor take away again. */
    public static ApplyParams of(Decode decode, ActivationForm form, List<PlaneUse> planes) {
      double unscale = Math.scalb(1.0, -form.scaleExponent());
      Optional<PlaneUse> zero = Unpack.zero(decode, planes);
      return new ApplyParams(planes.stream().filter(use -> !zero.equals(Optional.of(use))).toList(),
          decode.factor() * unscale, unscale);
    }

    /** Whether the sum of activations is needed. */
    public boolean needsSum() {
      return planes.stream().anyMatch(p -> p.plane().role() != Role.SCALE);
    }

    /** Whether some parameters change along k. */
    public boolean grouped() {
      return planes.stream().anyMatch(PlaneUse::grouped);
    }
  }

  /** Adds the totals of the warps that shared the rows of a block, in warp order. */
  record ReduceWarps() implements Stage {
  }

  /** Adds the partial tiles of split-K in order; the last block to arrive does it, so one launch suffices. */
  record ReduceSplits() implements Stage {
  }

  /** Applies the epilogue and stores y[m][n]. */
  record StoreTile(ActivationType y, List<Epilogue> epilogue) implements Stage {
    public StoreTile {
      epilogue = List.copyOf(epilogue);
    }
  }
}
