package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Stage;

/**
 * Emits the sums over warps, windows and split-K blocks, all in a fixed order, so that results are deterministic, and the store of
 * y[m][n].
 */
final class ReduceTurnsEmitter {
  private ReduceTurnsEmitter() {
  }

  /** The function that leaves totals of warps where turns add them up; {@code tile} does it for batch tile j of row tile r. */
  static String storeTotals(String tile) {
    return """
        // Leaves this warp's totals where the block adds them up: [kWarpsK][columns][kTotalStride].
        template <int Tiles>
        __device__ __forceinline__ void store_totals(float* totals, const Totals<Tiles>& total, const Place& at) {
        #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
        #pragma unroll
            for (int j = 0; j < Tiles; ++j) {
        %s    }
          }
        }
        """.formatted(Text.indent(6, tile));
  }

  /** Totals of a turn and a window are added to those of the windows before. */
  static StagePart emit(Stage.StoreTile stage) {
    return emit(stage, """
        float* earlier = results + (block - at.first_block) * at.columns * kRows + e;
        float v = window == at.first_unit ? 0.0f : *earlier;
        """, """
        if (window_end < at.end_unit) {
          *earlier = v;
        } else\s""");
  }

  /** Activations that are streamed have no windows. */
  static StagePart emitStreaming(Stage.StoreTile stage) {
    return emit(stage, "float v = 0.0f;\n", "");
  }

  private static StagePart emit(Stage.StoreTile stage, String begin, String keep) {
    return part(stage)
        .cell("""
            for (int e = threadIdx.x; e < kRows * at.columns; e += kThreads) {
            %s#pragma unroll
              for (int w = 0; w < kWarpsK; ++w) {
                v += mine[(w * at.columns + e / kRows) * kTotalStride + e %% kRows];
              }
              const int column = at.first_column + e / kRows;
              const int row = block * kRows + e %% kRows;
            %s}
            """.formatted(Text.indent(2, begin), Text.indent(2, keep + STORE)))
        .finish(FINISH);
  }

  /** Totals of all windows and turns lie side by side, so that warps do not wait for each other at the end of a turn. */
  static StagePart emitAtEnd(Stage.StoreTile stage) {
    return part(stage).finish("""
        __syncthreads();
        for (int e = threadIdx.x; e < (at.end_block - at.first_block) * at.columns * kRows; e += kThreads) {
          const int turn = at.columns == 1 ? e / kRows : e / kRows / at.columns;
          const int b = e / kRows - turn * at.columns;
          const float* from = totals + (turn * kWarpsK * at.columns + b) * kTotalStride + e % kRows;
          float v = 0;
        #pragma unroll
          for (int w = 0; w < kWarpsK; ++w) {
            v += from[w * at.columns * kTotalStride];
          }
          const int column = at.first_column + b;
          const int row = (at.first_block + turn) * kRows + e % kRows;
        %s}
        """.replace("%s", Text.indent(2, STORE)) + FINISH);
  }

  private static final String STORE = """
      if (gridDim.y > 1) {
        store_partial(partial + (static_cast<u64>(blockIdx.y) * m + column) * at.blocks * kRows + row, v);
      } else {
        store_result(y, bias, column, row, n, v);
      }
      """;

  private static StagePart part(Stage.StoreTile stage) {
    return StagePart.empty()
        .constants("""
            constexpr int kTotalStride = kRows + 4;             // of the totals of a warp and batch column
            """)
        .functions(StoreTileEmitter.functions(stage) + """
            __device__ __forceinline__ void store_result(u16* y, const u16* bias, int column, int row, int n, float v) {
              if (row < n) {
            %s    y[static_cast<u64>(column) * n + row] = %s(v);
              }
            }
            """.formatted(Text.indent(4, StoreTileEmitter.steps(stage)), StoreTileEmitter.conversion(stage)));
  }

  private static final String FINISH = """
      if (gridDim.y > 1) {
        // The last of the blocks that share these rows adds their sums, in order.
        LAST
        if (!last) {
          return;
        }
        // Four rows at a time and four splits together: each round of reading waits for L2.
        const int quads = (at.end_block - at.first_block) * (kRows / 4);
        for (int e = threadIdx.x; e < quads * at.columns; e += kThreads) {
          const int column = at.first_column + e / quads;
          const int row = at.first_block * kRows + e % quads * 4;
          const float* from = partial + static_cast<u64>(column) * at.blocks * kRows + row;
          float sums[4] = {};
      #pragma unroll 4
          for (int s = 0; s < gridDim.y; ++s) {
            float v[4];
            load_partial_4(from + static_cast<u64>(s) * m * at.blocks * kRows, v);
      #pragma unroll
            for (int i = 0; i < 4; ++i) {
              sums[i] += v[i];
            }
          }
      #pragma unroll
          for (int i = 0; i < 4; ++i) {
            store_result(y, bias, column, row + i, n, sums[i]);
          }
        }
      }
      """.replace("  LAST\n",
      Text.indent(2, BarrierText.lastOfSplits("counters + blockIdx.z * gridDim.x + blockIdx.x")));
}
