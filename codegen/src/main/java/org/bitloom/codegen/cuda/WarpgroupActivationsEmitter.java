package org.bitloom.codegen.cuda;

/** Emits the stream of activations of a warpgroup kernel: x[m][k] to shared memory, swizzled as wgmma reads it. */
final class WarpgroupActivationsEmitter {
  private WarpgroupActivationsEmitter() {
  }

  static StagePart emit() {
    return StagePart.empty()
        .constants(
            """
                // Activations of a stage: [kStageK / 64][kBatch] lines of 64 features, 128 bytes each; chunk c of 16 bytes of line r
                // lies at chunk c ^ (r % 8) (PTX ISA 9.7.16.5.1, 128-byte swizzle).
                constexpr int kTileBytes = 128 * kBatch;  // of 64 features
                constexpr int kActivationBytes = kStageK / 64 * kTileBytes;
                """)
        .functions(
            """
                // Where a thread's share of a stage lies: one chunk of every kLinesAtATime-th line.
                struct Share {
                  const u16* from;  // of stage 0
                  u32 to;           // in a slot
                  int row, chunk;
                };
                constexpr int kLines = kStageK / 64 * kBatch;
                constexpr int kLinesAtATime = 128 / 8;

                __device__ __forceinline__ Share share(const u16* x, const Place& at, int k) {
                  const int line = threadIdx.x % 128 / 8;
                  const int row = line % kBatch;
                  const int chunk = threadIdx.x % 8;
                  return {x + static_cast<u64>(at.first_column + row) * k + line / kBatch * 64 + chunk * 8,
                          static_cast<u32>(line * 128 + ((chunk ^ (row & 7)) * 16)), row, chunk};
                }

                // Starts the copies of one stage of x[m][k] that lies within k; columns past m become 0.
                __device__ __forceinline__ void stream_activations(const Share& mine, u32 to, const Place& at, int stage, int k) {
                  const u16* from = mine.from + static_cast<u64>(static_cast<u32>(stage)) * kStageK;
                #pragma unroll
                  for (int i = 0; i < (kLines + kLinesAtATime - 1) / kLinesAtATime; ++i) {
                    const int rows = i * kLinesAtATime % kBatch;
                    if (kLines % kLinesAtATime == 0 || threadIdx.x % 128 / 8 < kLines) {
                      copy_16(to + i * kLinesAtATime * 128, from + static_cast<u32>(rows * k) + i * kLinesAtATime / kBatch * 64,
                              mine.row + rows < at.columns ? 16 : 0);
                    }
                  }
                }

                // The same where features lie past k, which become 0 too, or where rows of x are not aligned to 16 bytes; those are
                // copied element by element.
                __device__ __forceinline__ void stream_ragged_activations(const Share& mine, u32 to, const Place& at, int stage, int k,
                                                                          bool aligned) {
                  const u16* from = mine.from + static_cast<u64>(static_cast<u32>(stage)) * kStageK;
                #pragma unroll 1
                  for (int line = threadIdx.x % 128 / 8; line < kLines; line += kLinesAtATime) {
                    const int rows = (line - static_cast<int>(threadIdx.x) % 128 / 8) % kBatch;
                    const int column = stage * kStageK + line / kBatch * 64 + mine.chunk * 8;
                    const int left = mine.row + rows < at.columns ? k - column : 0;
                    const u16* line_from = left > 0
                        ? from + static_cast<u32>(rows * k) + (line / kBatch - static_cast<int>(threadIdx.x) % 128 / 8 / kBatch) * 64
                        : from;
                    const u32 into = to + (line - static_cast<int>(threadIdx.x) % 128 / 8) * 128;
                    if (aligned) {
                      copy_16(into, line_from, left >= 8 ? 16 : left > 0 ? left * 2 : 0);
                    } else {
                #pragma unroll 1
                      for (int e = 0; e < 8; ++e) {
                        store_shared_16bit(into + e * 2, e < left ? line_from[e] : static_cast<u16>(0));
                      }
                    }
                  }
                }
                """)
        .setup("""
            const bool aligned = k % 8 == 0 && reinterpret_cast<u64>(x) % 16 == 0;
            const int whole_stages = aligned ? k / kStageK : 0;
            const Share mine = share(x, at, k);
            """)
        .activations("""
            if (stage < whole_stages) {
              stream_activations(mine, pinned(activations_into), at, stage, k);
              arrive_after_copies(filled + 8 * turn.slot);
            } else {
              stream_ragged_activations(mine, pinned(activations_into), at, stage, k, aligned);
              commit_copies();
              wait_copies<0>();
              fence_for_products();
              arrive(filled + 8 * turn.slot);
            }
            """);
  }
}
