package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.ActivationForm;
import org.bitloom.codegen.ir.Stage;

import static org.bitloom.codegen.cuda.PtxInstruction.F16_TO_F32;
import static org.bitloom.codegen.cuda.PtxInstruction.F32X2_TO_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.FMA_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.LDMATRIX;

/** Emits the activation fragments of one 64-wide cell: operand B of the four MMA steps, for every 8 batch columns. */
final class LoadFragmentEmitter {
  private LoadFragmentEmitter() {
  }

  static StagePart emit(Stage.LoadFragment stage) {
    return part(stage.form())
        .constants("""
            constexpr int kParts = %s;  // MMA operands made of each activation
            constexpr int kSteps = kBatchTiles == 1 ? 2 : 1;  // steps of 16 features that one ldmatrix serves
            constexpr int kLoads = kBatchTiles == 1 ? 1 : kBatchTiles / 2;  // instructions ldmatrix for so many steps
            """.formatted(stage.form().parts()))
        .functions(conversion(stage.form())
            + """
                // x fragments of kSteps steps of 16 features: fragments[8 columns][part][2 registers for each step]. One ldmatrix
                // reads two steps of 8 columns, or one step of 16. Columns past the batch read the last row again; their results
                // are never stored.
                __device__ __forceinline__ void load_activations(const u32 (&lane_fragments)[kLoads], u32 offset,
                                                                 int column, u32 (&fragments)[kBatchTiles][kParts][2 * kSteps]) {
                  u32 loaded[kBatchTiles * kSteps][2];
                #pragma unroll
                  for (int i = 0; i < kLoads; ++i) {
                    load_matrices((lane_fragments[i] ^ column / 8 %% 8 * 16) + offset + column / 64 * 128, &loaded[2 * i]);
                  }
                #pragma unroll
                  for (int b = 0; b < kBatchTiles; ++b) {
                #pragma unroll
                    for (int i = 0; i < 2 * kSteps; ++i) {
                      const u32 v = loaded[b * kSteps + i / 2][i %% 2];
                %s    }
                  }
                }
                """
                .formatted(Text.indent(6, convert(stage.form()))))
        .rings("""
            u32 lane_fragments[kLoads];  // where this lane's row of 16 bytes for ldmatrix lies in slot 0, at feature 0
            #pragma unroll
            for (int i = 0; i < kLoads; ++i) {
              const int matrix = at.lane / 8;
              const int chunk = kBatchTiles == 1 ? matrix : matrix % 2;
              const int row = min((kBatchTiles == 1 ? 0 : 2 * i + matrix / 2) * 8 + (at.lane & 7), at.columns - 1);
              lane_fragments[i] = pinned(activations + row * kActivationRowBytes + (chunk ^ (row & 7)) * 16);
            }
            """)
        .cell("""
            u32 fragments[kBatchTiles][kParts][2 * kSteps];
            """)
        .fragment(
            """
                if (f % kSteps == 0) {
                  load_activations(lane_fragments, current * kActivationBytes, u * kUnitK + cell * 64 + f * 16, fragments);
                }
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
      case F16 -> "fragments[b][0][i] = v;\n";
      case BF16 -> "fragments[b][0][i] = lift(v);\n";
      case F16_AS_TWO_BF16 -> "split(v, fragments[b][0][i], fragments[b][1][i]);\n";
    };
  }
}
