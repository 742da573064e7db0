package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Stage;

import static org.bitloom.codegen.cuda.PtxInstruction.ARRIVE_AT_COUNTER;
import static org.bitloom.codegen.cuda.PtxInstruction.PARTIAL_4;

/** Emits the end of a warpgroup kernel: the sums over split-K blocks, in order, and the store of y[m][n] from registers. */
final class WarpgroupReduceEmitter {
  private WarpgroupReduceEmitter() {
  }

  static StagePart splits() {
    return StagePart.of(ARRIVE_AT_COUNTER, PARTIAL_4)
        .functions(
            """
                // Adds up the totals of the blocks that share an output tile, in the order of k, in the last of them to get here; true
                // there. Totals lie as threads hold them: partial[split][row tile][kBatchTiles][128 * kWarpgroups][4].
                __device__ __forceinline__ bool add_splits(float* partial, u32* counter, float (&total)[kRowTiles][kBatchTiles][4]) {
                  constexpr int kMultiplying = 128 * kWarpgroups;
                  constexpr int kOne = kRowTiles * kBatchTiles * kMultiplying * 4;
                  float* from = partial + threadIdx.x * 4;
                #pragma unroll
                  for (int r = 0; r < kRowTiles; ++r) {
                #pragma unroll
                    for (int b = 0; b < kBatchTiles; ++b) {
                      store_partial_4(from + blockIdx.y * kOne + (r * kBatchTiles + b) * (kMultiplying * 4), total[r][b]);
                    }
                  }
                  __shared__ bool last;
                  __threadfence();
                  barrier(1, kMultiplying);
                  if (threadIdx.x == 0) {
                    last = arrive_at_counter(counter, gridDim.y - 1) == gridDim.y - 1;
                  }
                  barrier(1, kMultiplying);
                  if (!last) {
                    return false;
                  }
                  __threadfence();
                #pragma unroll
                  for (int r = 0; r < kRowTiles; ++r) {
                    clear(total[r]);
                  }
                  for (int s = 0; s < gridDim.y; ++s) {
                #pragma unroll
                    for (int r = 0; r < kRowTiles; ++r) {
                #pragma unroll
                      for (int b = 0; b < kBatchTiles; ++b) {
                        float v[4];
                        load_partial_4(from + s * kOne + (r * kBatchTiles + b) * (kMultiplying * 4), v);
                #pragma unroll
                        for (int i = 0; i < 4; ++i) {
                          total[r][b][i] += v[i];
                        }
                      }
                    }
                  }
                  return true;
                }
                """)
        .finish(
            """
                const u32 place_in_grid = (blockIdx.z * gridDim.x + blockIdx.x) * passes + pass;
                if (gridDim.y > 1
                    && !add_splits(partial + static_cast<u64>(place_in_grid) * gridDim.y * (kRows * kBatch), counters + place_in_grid, total)) {
                  continue;
                }
                """);
  }

  static StagePart store(Stage.StoreTile stage) {
    return StoreTileEmitter.part(stage)
        .functions(StoreTileEmitter.functions(stage))
        .finish("""
            #pragma unroll
            for (int r = 0; r < kRowTiles; ++r) {
            #pragma unroll
              for (int b = 0; b < kBatchTiles; ++b) {
            #pragma unroll
                for (int i = 0; i < 4; ++i) {
                  const int row = at.first_row(r) + at.lane / 4 + 8 * (i / 2);
                  const int column = b * 8 + at.lane %% 4 * 2 + i %% 2;
                  if (at.has(r) && row < n && column < at.columns) {
                    float v = total[r][b][i];
            %s        y[static_cast<u64>(at.first_column + column) * n + row] = %s(v);
                  }
                }
              }
            }
            """.formatted(Text.indent(8, StoreTileEmitter.steps(stage)), StoreTileEmitter.conversion(stage)));
  }
}
