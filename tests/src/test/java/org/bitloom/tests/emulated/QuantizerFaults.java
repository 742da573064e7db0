package org.bitloom.tests.emulated;

import java.util.List;

import org.bitloom.runtime.api.IntegerMmaSchedule;

/** Deliberate mistakes in the kernels that quantize activations. */
final class QuantizerFaults {
  private static final KernelText PLANES = KernelText.quantizer("bipolar_2", IntegerMmaSchedule.PLANES);
  private static final KernelText BYTES = KernelText.quantizer("nibbles_8", IntegerMmaSchedule.BYTES);

  /** All of them. */
  static final List<Fault> ALL = List.of(
      new Fault("sign of 0 is negative", PLANES,
          "return __float_as_uint(__fmaf_rd(x, rate, kRounding));",
          "return __float_as_uint(__fmaf_rd(x, rate, kRounding)) - (x == 0.0f ? 1 : 0);"),
      new Fault("rounds down instead of to the nearest", BYTES,
          "__fmaf_rn(x, rate, kRounding)",
          "__fmaf_rd(x, rate, kRounding)"),
      new Fault("largest magnitude of the first warp alone", PLANES,
          "v = max_of(v, shared[w]);",
          "v = max_of(v, shared[0]);"),
      new Fault("codes of features past k counted", PLANES,
          "if (!whole) {",
          "if (false) {"),
      new Fault("bits of a plane taken from the plane below", PLANES,
          "mine[s] >> (i - s)",
          "mine[s] >> (i - s - 1)"),
      new Fault("atoms of planes written without their swizzle", PLANES,
          "((block % 8) ^ (place.row % kAtomTokens)) * 16",
          "(block % 8) * 16"),
      new Fault("operands of the two runs swapped", BYTES,
          "quantize(a.y, b.y, rate)",
          "quantize(b.y, a.y, rate)"),
      new Fault("second copy of a small batch not written", BYTES,
          "r < place.replicas",
          "r < 1"),
      new Fault("scale for the wrong number of steps", BYTES,
          "largest / kFullScale",
          "largest / (kFullScale + 1)"),
      new Fault("no barrier before the warps' sums are added", PLANES,
          "sums[threadIdx.x / 32] = sum;\n  }\n  __syncthreads();",
          "sums[threadIdx.x / 32] = sum;\n  }"));

  private QuantizerFaults() {
  }
}
