package org.bitloom.codegen.cuda;

import static org.bitloom.codegen.cuda.PtxInstruction.F16_TO_F32;
import static org.bitloom.codegen.cuda.PtxInstruction.F32X2_TO_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.FMA_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.LDMATRIX;

import org.bitloom.codegen.ir.ActivationForm;
import org.bitloom.codegen.ir.Stage;

/** Emits the activation fragments of one 64-wide cell: operand B of the four MMA steps, for every 8 batch columns. */
final class LoadFragmentEmitter {
  private LoadFragmentEmitter() {
  }

  static StagePart emit(Stage.LoadFragment stage) {
    return part(stage.form())
      .constants("""
        constexpr int kParts = %d;  // MMA operands made of each activation
        """.formatted(stage.form().parts()))
      .functions(conversion(stage.form()) + """
        // x fragments of a cell: fragments[8 columns][part][2 registers for each of 4 steps of 16 features]. Columns past the
        // batch read the last row again; their results are never stored.
        __device__ __forceinline__ void load_activations(u32 stage, int cell_column, const Place& at,
                                                         u32 (&fragments)[kBatchTiles][kParts][8]) {
        #pragma unroll
          for (int b = 0; b < kBatchTiles; ++b) {
            const int row = min(b * 8 + (at.lane & 7), at.columns - 1);
        #pragma unroll
            for (int half = 0; half < 2; ++half) {
              const int chunk = (cell_column + half * 32) / 8 + at.lane / 8;
              load_matrices(activation_chunk(stage, row, chunk), &fragments[b][0][half * 4]);
            }
        %s  }
        }
        """.formatted(convert(stage.form())))
      .cell("""
        u32 fragments[kBatchTiles][kParts][8];
        load_activations(activations + current * kActivationBytes, u * kUnitK + cell * 64, at, fragments);
        """);
  }

  private static StagePart part(ActivationForm form) {
    return switch (form) {
      case F16 -> StagePart.of(LDMATRIX);
      case BF16 -> StagePart.of(LDMATRIX, FMA_BF16X2);
      case F16_AS_TWO_BF16 -> StagePart.of(LDMATRIX, F16_TO_F32, F32X2_TO_BF16X2);
    };
  }

  private static String conversion(ActivationForm form) {
    return switch (form) {
      case F16 -> "";
      case BF16 -> """
        // x * 2^64, exactly: decoded weights are tiny, and products must stay in the range of f32.
        __device__ __forceinline__ u32 lift(u32 x) {
          return fma_bf16x2(x, 0x5f805f80u, 0x80008000u);
        }
        """;
      case F16_AS_TWO_BF16 -> """
        // Two f16 numbers, times 2^64, as the sum of a high and a low bf16 part: 11 significant bits fit in 8 + 8.
        __device__ __forceinline__ void split(u32 x, u32& high, u32& low) {
          const float x0 = f16_to_f32(static_cast<u16>(x)) * 0x1p64f;
          const float x1 = f16_to_f32(static_cast<u16>(x >> 16)) * 0x1p64f;
          high = f32x2_to_bf16x2(x0, x1);
          low = f32x2_to_bf16x2(x0 - __uint_as_float(high << 16), x1 - __uint_as_float(high & 0xffff0000u));
        }
        """;
    };
  }

  private static String convert(ActivationForm form) {
    return switch (form) {
      case F16 -> "";
      case BF16 -> """
        #pragma unroll
            for (int i = 0; i < 8; ++i) {
              fragments[b][0][i] = lift(fragments[b][0][i]);
            }
        """;
      case F16_AS_TWO_BF16 -> """
        #pragma unroll
            for (int i = 0; i < 8; ++i) {
              split(fragments[b][0][i], fragments[b][0][i], fragments[b][1][i]);
            }
        """;
    };
  }
}
