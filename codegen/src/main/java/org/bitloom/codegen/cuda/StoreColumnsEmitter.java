package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.runtime.api.ActivationType;

/** Emits the epilogue and the way of results through shared memory, where rows and columns change places, to y[m][n]. */
final class StoreColumnsEmitter {
  private StoreColumnsEmitter() {
  }

  static RingPart emit(IntegerStage.StoreColumns stage) {
    boolean half = stage.y() == ActivationType.F16;
    String pack = half ? "f32x2_to_f16x2" : "f32x2_to_bf16x2";
    boolean bias = stage.epilogue().contains(Epilogue.BIAS);
    return RingPart.of(PtxInstruction.TRANSPOSE_TO_SHARED, PtxInstruction.LOAD_SHARED_4, PtxInstruction.STORE_STREAMED,
        half ? PtxInstruction.F32X2_TO_F16X2 : PtxInstruction.F32X2_TO_BF16X2)
        .constants("""
            constexpr int kStagedColumns = kBatch < 64 ? kBatch : 64;
            constexpr int kColumnBytes = 64 * 2 + 16;            // padded: no bank conflicts
            """)
        .functions(StoreTileEmitter.functions(new Stage.StoreTile(stage.y(), stage.epilogue())) + """
            __device__ __forceinline__ float finish(float v%s) {
            %s  return v;
            }
            """.formatted(bias ? ", float bias" : "", Text.indent(2, steps(stage))) + FUNCTIONS)
        .prepare(bias ? bias(half) : "")
        .multiply(STORE.replace("%pack%", pack).replace("%low%", bias ? ", bias_low" : "").replace("%high%",
            bias ? ", bias_high" : ""));
  }

  private static String steps(IntegerStage.StoreColumns stage) {
    StringBuilder text = new StringBuilder();
    for (Epilogue step : stage.epilogue()) {
      text.append(switch (step) {
        case BIAS -> "v += bias;\n";
        case SILU -> "v = silu(v);\n";
        case GELU -> "v = gelu(v);\n";
      });
    }
    return text.toString();
  }

  private static String bias(boolean half) {
    String value = half ? "f16_to_f32(bias[%s])" : "__uint_as_float(static_cast<u32>(bias[%s]) << 16)";
    String row = "min(row + warp % 4 * 16 + lane / 4 + {}, n - 1)";
    return "const float bias_low = " + value.formatted(row.replace("{}", "0")) + ";\n" + "const float bias_high = "
        + value.formatted(row.replace("{}", "8")) + ";\n";
  }

  private static final String FUNCTIONS = """

      // Stores eight neighbouring results of a column, as many as the row has left.
      __device__ __forceinline__ void store_eight(u16* to, const u32 (&v)[4], int left, int n) {
        if (n % 8 == 0) {
          store_streamed(to, v);
          return;
        }
      #pragma unroll
        for (int e = 0; e < 8; ++e) {
          if (e < left) {
            to[e] = static_cast<u16>(v[e / 2] >> (16 * (e % 2)));
          }
        }
      }
      """;

  private static final String STORE = """
      wait_copies<0>();
      const u32 staged = out + kTokenBytes;
      #pragma unroll
      for (int first = 0; first < kBatch; first += kStagedColumns) {
        barrier(1 + group, 128);
      #pragma unroll
        for (int c = 0; c < kStagedColumns; c += 16) {
          u32 v[4];
      #pragma unroll
          for (int h = 0; h < 2; ++h) {
            const int tile = (first + c) / 8 + h;
            u32 token[4];
            load_shared_4(out + tile * 64 + lane % 4 * 16, token);
            const float low_0 = corrected(d[4 * tile], rows.low, token[0], rows.scale.low, token[1]);
            const float low_1 = corrected(d[4 * tile + 1], rows.low, token[2], rows.scale.low, token[3]);
            const float high_0 = corrected(d[4 * tile + 2], rows.high, token[0], rows.scale.high, token[1]);
            const float high_1 = corrected(d[4 * tile + 3], rows.high, token[2], rows.scale.high, token[3]);
            v[2 * h] = %pack%(finish(low_0%low%), finish(low_1%low%));
            v[2 * h + 1] = %pack%(finish(high_0%high%), finish(high_1%high%));
          }
          const int target = c + lane % 8 + lane / 16 * 8;
          store_transposed(staged + target * kColumnBytes + warp % 4 * 32 + lane / 8 % 2 * 16, v);
        }
        barrier(1 + group, 128);
      #pragma unroll
        for (int c = threadIdx.x % 128 / 8; c < kStagedColumns; c += 16) {
          const int from = row + threadIdx.x % 8 * 8;
          if (column + first + c < m && from < n) {
            u32 v[4];
            load_shared_4(staged + c * kColumnBytes + threadIdx.x % 8 * 16, v);
            store_eight(y + static_cast<u64>(column + first + c) * n + from, v, n - from, n);
          }
        }
      }
      """;
}
