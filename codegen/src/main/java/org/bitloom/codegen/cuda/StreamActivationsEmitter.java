package org.bitloom.codegen.cuda;

import static org.bitloom.codegen.cuda.PtxInstruction.BARRIER;
import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16;
import static org.bitloom.codegen.cuda.PtxInstruction.STORE_SHARED_16BIT;

/** Emits the stream of activations: x[m][k] to shared memory, swizzled so that ldmatrix has no bank conflicts. */
final class StreamActivationsEmitter {
  private StreamActivationsEmitter() {
  }

  static StagePart emit() {
    return StagePart.of(COPY_16, STORE_SHARED_16BIT, BARRIER)
        .constants(
            """
                // Activations of a stage: [kBatch][kStageK] of 2 bytes; chunk c of 16 bytes of row r lies at chunk c ^ (r % 8).
                constexpr int kActivationRowBytes = kStageK * 2;
                constexpr int kActivationBytes = kBatch * kActivationRowBytes;
                """)
        .functions(
            """
                __device__ __forceinline__ u32 activation_chunk(u32 stage, int row, int chunk) {
                  return stage + (row * kActivationRowBytes + (chunk ^ (row & 7)) * 16);
                }

                // Starts the copies of one stage of x[first_column...][k]; features past k become 0. The warps of a k-group share the
                // work. Rows of x that are not aligned to 16 bytes are copied element by element.
                template <Extent extent>
                __device__ __forceinline__ void stream_activations(const u16* x, u32 to, const Place& at, int stage, int k, bool aligned) {
                  constexpr int kRowChunks = kStageK / 8;
                  constexpr int kSharers = 32 * kWarpsN;
                  const u16* from = x + static_cast<u64>(static_cast<u32>(stage)) * kStageK;
                #pragma unroll
                  for (int i = 0; i < (kBatch * kRowChunks + kSharers - 1) / kSharers; ++i) {
                    const int item = i * kSharers + at.warp_n * 32 + at.lane;
                    const int row = item / kRowChunks;
                    const int chunk = item % kRowChunks;
                    if (row < at.columns) {
                      const u16* chunk_from = from + static_cast<u32>(row * k + chunk * 8);
                      const u32 into = activation_chunk(to, row, chunk);
                      const int left = k - stage * kStageK - chunk * 8;
                      if (extent == Whole) {
                        copy_16(into, chunk_from, 16);
                      } else if (aligned) {
                        copy_16(into, left > 0 ? chunk_from : from, left >= 8 ? 16 : left > 0 ? left * 2 : 0);
                      } else {
                #pragma unroll 1
                        for (int e = 0; e < 8; ++e) {
                          store_shared_16bit(into + e * 2, e < left ? chunk_from[e] : static_cast<u16>(0));
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
            const u16* x_rows = x + static_cast<u64>(at.first_column) * k;
            """)
        .activations("""
            stream_activations<EXTENT>(x_rows, activations + into * kActivationBytes, at, stage, k, aligned);
            """);
  }
}
