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
    return RingPart.empty()
        .constants(
            """
                constexpr int kStagedColumns = kBatch < 64 ? kBatch : 64;  // results that leave together: 64 rows, so many columns
                constexpr int kStagedTiles = kStagedColumns / 16;
                constexpr int kColumnBytes = 64 * 2 + 16;          // padded: no bank conflicts
                """)
        .functions(StoreTileEmitter.functions(new Stage.StoreTile(stage.y(), stage.epilogue())) + """
            __device__ __forceinline__ float finish(float v%s) {
            %s  return v;
            }
            """.formatted(bias ? ", float bias" : "", Text.indent(2, steps(stage)))
            + FUNCTIONS.replace("%members%", bias ? "\n  float bias_low, bias_high;" : "").replace("%pack%", pack)
                .replace("%low%", bias ? ", exit.bias_low" : "").replace("%high%", bias ? ", exit.bias_high" : ""))
        .begin("const u32 staged = out + kTokenBuffers * kTokenBytes;  // results on their way out\n"
            + (bias ? "float bias_low, bias_high;\n" : "")
            + "const auto exit = [&] { return Exit{row, column, records, rows_of(stored, lane / 4, k)%s}; };\n"
                .formatted(bias ? ", bias_low, bias_high" : ""))
        .prepare(bias ? bias(half) : "");
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
    return "bias_low = " + value.formatted(row.replace("{}", "0")) + ";\n" + "bias_high = "
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

      // Where the results of a warpgroup's tile go, and what they are corrected with.
      struct Exit {
        int row, column;
        u32 records;  // of the tokens, in shared memory
        Rows rows;%members%
      };

      // What is y for `kStagedColumns` columns from `column` of the tile on, of which d[4 * tile] is the first sum: leaves through
      // shared memory, where rows and columns change places.
      template <int Sums>
      __device__ __forceinline__ void leave(const u32 (&d)[Sums], int tile, int column, const Exit& exit, u32 staged, u16* y, int n, int m) {
        const int lane = threadIdx.x % 32;
        const int warp = threadIdx.x / 32 % 4;
        const int thread = threadIdx.x % 128;
        const int group = threadIdx.x / 128;
        wait_copies<0>();
        barrier(1 + group, 128);  // the records are there, what was staged has left
        u32 v[kStagedTiles][4];
      #pragma unroll
        for (int c = 0; c < kStagedTiles; ++c) {
          u32 token[2][4];
      #pragma unroll
          for (int h = 0; h < 2; ++h) {
            load_shared_4(exit.records + column * 8 + (2 * c + h) * 64 + lane % 4 * 16, token[h]);
          }
      #pragma unroll
          for (int h = 0; h < 2; ++h) {
            const int s = 4 * (tile + 2 * c + h);
            const float low_0 = corrected(d[s], exit.rows.low, token[h][0], exit.rows.scale.low, token[h][1]);
            const float low_1 = corrected(d[s + 1], exit.rows.low, token[h][2], exit.rows.scale.low, token[h][3]);
            const float high_0 = corrected(d[s + 2], exit.rows.high, token[h][0], exit.rows.scale.high, token[h][1]);
            const float high_1 = corrected(d[s + 3], exit.rows.high, token[h][2], exit.rows.scale.high, token[h][3]);
            v[c][2 * h] = %pack%(finish(low_0%low%), finish(low_1%low%));
            v[c][2 * h + 1] = %pack%(finish(high_0%high%), finish(high_1%high%));
          }
        }
        const u32 into = staged + (lane % 8 + lane / 16 * 8) * kColumnBytes + warp * 32 + lane / 8 % 2 * 16;
      #pragma unroll
        for (int c = 0; c < kStagedTiles; ++c) {
          store_transposed(into + 16 * c * kColumnBytes, v[c]);
        }
        barrier(1 + group, 128);
        if (n % 8 == 0 && reinterpret_cast<u64>(y) % 16 == 0) {
          // Each thread takes eight rows of every 16th column.
          const int first = exit.column + column + thread / 8;
          const int row = exit.row + thread % 8 * 8;
          const u32 from = staged + thread / 8 * kColumnBytes + thread % 8 * 16;
          u16* to = y + static_cast<u64>(first) * n + row;
          const int room = row < n ? m - first : 0;
          u32 results[kStagedTiles][4];
      #pragma unroll
          for (int c = 0; c < kStagedTiles; ++c) {
            load_shared_4(from + 16 * c * kColumnBytes, results[c]);
          }
      #pragma unroll
          for (int c = 0; c < kStagedTiles; ++c) {
            store_streamed_if(16 * c < room, to + static_cast<u64>(16 * c) * n, results[c]);
          }
        } else {
          store_singly(y, staged, exit.row, exit.column + column, n, m, kStagedColumns);
        }
      }
      """;
}
