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
    return RingPart
        .of(PtxInstruction.TRANSPOSE_TO_SHARED, PtxInstruction.LOAD_SHARED_4, PtxInstruction.LOAD_SHARED_16BIT,
            PtxInstruction.STORE_STREAMED_IF,
            half ? PtxInstruction.F32X2_TO_F16X2 : PtxInstruction.F32X2_TO_BF16X2)
        .constants(
            """
                constexpr int kStagedColumns = kBatch < 32 ? kBatch : 32;  // results that leave together: 64 rows, so many columns
                constexpr int kStagedTiles = kStagedColumns / 16;
                constexpr int kColumnBytes = 64 * 2 + 16;          // padded: no bank conflicts
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

      // Stores what a staged column holds one by one, where rows of y are not aligned to 16 bytes.
      __device__ __forceinline__ void store_singly(u16* y, u32 staged, int row, int column, int n, int m, int columns) {
      #pragma unroll 1
        for (int i = threadIdx.x % 128; i < 64 * columns; i += 128) {
          if (row + i % 64 < n && column + i / 64 < m) {
            y[static_cast<u64>(column + i / 64) * n + row + i % 64] = load_shared_16bit(staged + i / 64 * kColumnBytes + i % 64 * 2);
          }
        }
      }
      """;

  private static final String STORE = """
      wait_copies<0>();
      barrier(1 + group, 128);
      u32 v[kStagedTiles][4];
      // Two tiles of 8 columns, rows g and g + 8: what the Tensor Cores left becomes what y holds.
      const auto convert = [&](int first) {
      #pragma unroll
        for (int c = 0; c < kStagedTiles; ++c) {
      #pragma unroll
          for (int h = 0; h < 2; ++h) {
            const int tile = first / 8 + 2 * c + h;
            u32 token[4];
            load_shared_4(out + tile * 64 + lane % 4 * 16, token);
            const float low_0 = corrected(d[4 * tile], rows.low, token[0], rows.scale.low, token[1]);
            const float low_1 = corrected(d[4 * tile + 1], rows.low, token[2], rows.scale.low, token[3]);
            const float high_0 = corrected(d[4 * tile + 2], rows.high, token[0], rows.scale.high, token[1]);
            const float high_1 = corrected(d[4 * tile + 3], rows.high, token[2], rows.scale.high, token[3]);
            v[c][2 * h] = %pack%(finish(low_0%low%), finish(low_1%low%));
            v[c][2 * h + 1] = %pack%(finish(high_0%high%), finish(high_1%high%));
          }
        }
      };
      convert(0);
      const u32 into = out + kTokenBytes + (lane % 8 + lane / 16 * 8) * kColumnBytes + warp % 4 * 32 + lane / 8 % 2 * 16;
      // Each thread takes eight rows of every 16th column.
      const int mine = threadIdx.x % 128 / 8;
      const int from = row + threadIdx.x % 8 * 8;
      const u32 leaving = out + kTokenBytes + mine * kColumnBytes + threadIdx.x % 8 * 16;
      u16* to = y + static_cast<u64>(column + mine) * n + from;
      const u64 step = 16 * static_cast<u64>(n);
      const int room = from < n ? m - column - mine : 0;
      #pragma unroll
      for (int first = 0; first < kBatch; first += kStagedColumns) {
        // Two buffers take turns, so that one barrier for each suffices.
        const int buffer = first / kStagedColumns % 2 * (kStagedColumns * kColumnBytes);
      #pragma unroll
        for (int c = 0; c < kStagedTiles; ++c) {
          store_transposed(into + buffer + 16 * c * kColumnBytes, v[c]);
        }
        if (first + kStagedColumns < kBatch) {
          convert(first + kStagedColumns);
        }
        barrier(1 + group, 128);
        if (n % 8 == 0) {
          u32 results[kStagedTiles][4];
      #pragma unroll
          for (int c = 0; c < kStagedTiles; ++c) {
            load_shared_4(leaving + buffer + 16 * c * kColumnBytes, results[c]);
          }
      #pragma unroll
          for (int c = 0; c < kStagedTiles; ++c) {
            store_streamed_if(first + 16 * c < room, to, results[c]);
            to += step;
          }
        } else {
          store_singly(y, out + kTokenBytes + buffer, row, column + first, n, m, kStagedColumns);
        }
      }
      """;
}
