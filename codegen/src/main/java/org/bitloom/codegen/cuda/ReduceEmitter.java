package org.bitloom.codegen.cuda;

/** Emits the sums over warps and over split-K blocks, both in a fixed order, so that results are deterministic. */
final class ReduceEmitter {
  private ReduceEmitter() {
  }

  /**
   * The sum over the warps of a block. Warps that own one tile less arrive at its barriers from another instantiation of the
   * product: a barrier is its number, and only the lanes of one warp must arrive by the same instruction (PTX ISA, barrier).
   */
  static StagePart warps() {
    return StagePart.empty()
        .constants("""
            // Totals of the warps, [kWarpsK][kBatch][kRows + 4] f32, over the memory of the finished pipeline.
            constexpr int kTotalStride = kRows + 4;
            """)
        .functions(
            """
                template <int Tiles>
                __device__ __forceinline__ void store_totals(float* totals, const float (&total)[kRowTiles][kBatchTiles][4], const Place& at) {
                #pragma unroll
                  for (int r = 0; r < Tiles; ++r) {
                #pragma unroll
                    for (int b = 0; b < kBatchTiles; ++b) {
                #pragma unroll
                      for (int i = 0; i < 4; ++i) {
                        const int row = (at.first_tile + r) * 16 + at.lane / 4 + 8 * (i / 2);
                        const int column = b * 8 + at.lane % 4 * 2 + i % 2;
                        totals[(at.warp_k * kBatch + column) * kTotalStride + row] = total[r][b][i];
                      }
                    }
                  }
                }

                // The total of one result of the block, over its warps in order.
                __device__ __forceinline__ float sum_warps(const float* totals, int column, int row) {
                  float v = 0;
                #pragma unroll
                  for (int w = 0; w < kWarpsK; ++w) {
                    v += totals[(w * kBatch + column) * kTotalStride + row];
                  }
                  return v;
                }
                """)
        .finish("""
            wait_copies<0>();
            __syncthreads();
            float* totals = reinterpret_cast<float*>(shared);
            store_totals<kTiles>(totals, total, at);
            __syncthreads();
            """);
  }

  static StagePart splits() {
    return StagePart.empty()
        .functions(
            """
                // Leaves this block's sums in the workspace; true in the last block of the tile to get here, which sees all of them.
                __device__ __forceinline__ bool leave_partial(float* partial, u32* counter, const float* totals, const Place& at) {
                  float* mine = partial + blockIdx.y * (kBatch * kRows);
                  for (int e = threadIdx.x; e < kRows * at.columns; e += kThreads) {
                    store_partial(mine + e, sum_warps(totals, e / kRows, e % kRows));
                  }
                  LAST
                  return last;
                }

                // The total of one result over the splits of k in order.
                __device__ __forceinline__ float sum_splits(const float* partial, int e) {
                  float v = 0;
                  for (int s = 0; s < gridDim.y; ++s) {
                    v += load_partial(partial + s * (kBatch * kRows) + e);
                  }
                  return v;
                }
                """
                .replace("  LAST\n", Text.indent(2, BarrierText.lastOfSplits("counter"))))
        .finish("""
            const u32 tile = blockIdx.z * gridDim.x + blockIdx.x;
            float* partials = partial + static_cast<u64>(tile) * gridDim.y * (kBatch * kRows);
            if (gridDim.y > 1 && !leave_partial(partials, counters + tile, totals, at)) {
              return;
            }
            """);
  }
}
