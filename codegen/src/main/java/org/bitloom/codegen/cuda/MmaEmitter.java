package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.ActivationForm;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.target.MmaAtom;
import org.bitloom.runtime.api.ActivationType;

/** Emits the matrix products: weights times activations, and ones times activations for their sums. */
final class MmaEmitter {
  private MmaEmitter() {
  }

  /** The MMA of a number type. */
  static MmaAtom atom(ActivationForm form) {
    return form.operand() == ActivationType.F16 ? MmaAtom.M16N8K16_F16 : MmaAtom.M16N8K16_BF16;
  }

  static StagePart emit(Stage.Mma stage, Stage.Unpack unpack) {
    return StagePart.empty()
        .functions(MmaText.wrapper(atom(stage.form())))
        .fragment("""
            #pragma unroll
            for (int r = 0; r < kTiles; ++r) {
              u32 weights[4];
              unpack(words[r], cell, f, weights%s);
            #pragma unroll
              for (int b = 0; b < kBatchTiles; ++b) {
            #pragma unroll
                for (int part = 0; part < kParts; ++part) {
                  mma(acc[r][b], weights, fragments[b][part][f %% kSteps * 2], fragments[b][part][f %% kSteps * 2 + 1]);
                }
              }
            }
            """.formatted(UnpackEmitter.arguments(unpack)));
  }

  static StagePart emit(Stage.SumActivations stage) {
    String one = stage.form().operand() == ActivationType.F16 ? "0x3c003c00u" : "0x3f803f80u";
    return StagePart.empty()
        .setup("""
            // Sums of x over k, as accumulators of an MMA against ones: every row holds the sum of its column.
            const u32 ones[4] = {%1$s, %1$s, %1$s, %1$s};
            float sum[kBatchTiles][4];
            clear(sum);
            """.formatted(one))
        .fragment("""
            #pragma unroll
            for (int b = 0; b < kBatchTiles; ++b) {
            #pragma unroll
              for (int part = 0; part < kParts; ++part) {
                mma(sum[b], ones, fragments[b][part][f % kSteps * 2], fragments[b][part][f % kSteps * 2 + 1]);
              }
            }
            """);
  }
}
