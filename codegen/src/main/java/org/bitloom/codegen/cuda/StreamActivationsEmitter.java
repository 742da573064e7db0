package org.bitloom.codegen.cuda;

/** Emits the stream of activations: x[m][k] to shared memory, swizzled so that ldmatrix has no bank conflicts. */
final class StreamActivationsEmitter {
  private StreamActivationsEmitter() {
  }

  static StagePart emit() {
    return StagePart.empty()
        .constants(
            """
                // Activations of a stage: [kBatch][kStageK] of 2 bytes; chunk c of 16 bytes of row r lies at chunk c ^ (r % 8).
                constexpr int kActivationRowBytes = kStageK * 2;
                constexpr int kActivationBytes = kBatch * kActivationRowBytes;

                // The warps of a k-group copy 16 bytes at a time: kRowSharers threads for each of kRowsAtOnce rows.
                __device__ constexpr int power_of_two_within(int n) { return n < 2 ? 1 : 2 * power_of_two_within(n / 2); }
                __device__ constexpr int between(int low, int v, int high) { return v < low ? low : v > high ? high : v; }
                // At most 8 columns may be one: all threads for its row. Of more, each thread takes two rows, if that gives it work:
                // more need more addresses, and with fewer a copy of a warp takes less of each row, which comes slower.
                constexpr int kRowSharers = between(8, kBatchTiles == 1 ? 32 : power_of_two_within(2 * 32 * kWarpsN / kBatch), kStageK / 8);
                constexpr int kRowsAtOnce = between(1, power_of_two_within(32 * kWarpsN / kRowSharers), kBatch);
                constexpr bool kAllCopy = kRowsAtOnce * kRowSharers == 32 * kWarpsN;
                """)
        .functions(
            """
                // What this thread copies of each stage: of `rows` rows from `row` on every kRowsAtOnce-th, chunk `chunk` and every
                // kRowSharers-th after it.
                struct Share {
                  int row, chunk, rows;
                };

                __device__ __forceinline__ Share share(const Place& at) {
                  const int thread = at.warp_n * 32 + at.lane;
                  return {thread / kRowSharers, thread % kRowSharers, at.columns - thread / kRowSharers};
                }

                // Starts the copies of one stage of x, of which this thread's first bytes lie at `from` and go `to`, `row_step` numbers from
                // one of its rows to the next; features past k become 0.
                // Rows of x that are not aligned to 16 bytes are copied element by element.
                template <Extent extent>
                __device__ __forceinline__ void stream_activations(const u16* from, u32 to, const Share& mine, int stage, int k, u32 row_step, bool aligned) {
                  const int column = mine.chunk * 8;
                  const int left = k - stage * kStageK - column;
                  if (!kAllCopy && mine.row >= kRowsAtOnce) {
                    return;
                  }
                #pragma unroll
                  for (int i = 0; i < (kBatch + kRowsAtOnce - 1) / kRowsAtOnce; ++i) {
                    if (i * kRowsAtOnce < mine.rows) {
                      const u16* row_from = from + static_cast<u64>(row_step) * static_cast<u32>(i);
                      const u32 into = (to ^ i * kRowsAtOnce % 8 * 16) + i * (kRowsAtOnce * kActivationRowBytes);
                #pragma unroll (extent == Whole ? 32 : 1)
                      for (int c = 0; c < kStageK; c += kRowSharers * 8) {
                        if (extent == Whole) {
                          copy_16(into + c * 2, row_from + c, 16);
                        } else if (aligned) {
                          copy_16(into + c * 2, row_from + (left > c ? c : -column), left - c >= 8 ? 16 : left > c ? (left - c) * 2 : 0);
                        } else {
                #pragma unroll 1
                          for (int e = c; e < c + 8; ++e) {
                            store_shared_16bit(into + e * 2, e < left ? row_from[e] : static_cast<u16>(0));
                          }
                        }
                      }
                    }
                  }
                }

                // Waits for the warps that share activations.
                __device__ __forceinline__ void sync_k_group(const Place& at) {
                  if (kWarpsN == 1) {
                    __syncwarp();
                  } else {
                    barrier(1 + at.warp_k, 32 * kWarpsN);
                  }
                }
                """)
        .setup("""
            const bool aligned = k % 8 == 0 && reinterpret_cast<u64>(x) % 16 == 0;
            const Share mine = share(at);
            const u32 row_step = pinned(k * kRowsAtOnce);
            // Where this thread's first bytes of the next stage to copy lie.
            const u16* x_from = x + static_cast<u64>(at.first_column + mine.row) * k + mine.chunk * 8
                + static_cast<u64>(at.first_stage + at.warp_k) * kStageK;
            """)
        .rings(
            """
                // Where this thread's first bytes go, in slot 0.
                const u32 thread_activations = pinned(activations + mine.row * kActivationRowBytes + (mine.chunk ^ mine.row % 8) * 16);
                """)
        .activations(
            """
                stream_activations<EXTENT>(x_from, thread_activations + into * kActivationBytes, mine, stage, k, row_step, aligned);
                """)
        .advanceActivations("""
            x_from += kWarpsK * kStageK;
            """);
  }
}
