package org.bitloom.codegen.cuda;

import static org.bitloom.codegen.cuda.PtxInstruction.BARRIER;
import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16;
import static org.bitloom.codegen.cuda.PtxInstruction.STORE_SHARED_16BIT;

/** Emits the stream of activations of one packing unit, swizzled so that ldmatrix reads them without bank conflicts. */
final class StreamXEmitter {
  private StreamXEmitter() {
  }

  static StagePart emit() {
    return StagePart.of(COPY_16, STORE_SHARED_16BIT, BARRIER)
        .constants(
            """
                // Activations of a stage: [4 cells][kBatch][64] f16; chunk c of 16 bytes of row r lies at chunk c ^ (r % 8).
                constexpr int kTileColumns = 8;
                constexpr int kBatch = kTileColumns * kBatchTiles;
                constexpr int kActivationBytes = kBatch * kUnitK * 2;
                constexpr int kCellBytes = kBatch * 128;
                constexpr bool kWindowed = false;                   // all units are one window
                __device__ __forceinline__ int window_units(int columns) {
                  return 1 << 30;
                }
                """)
        .setup(
            """
                __device__ __forceinline__ int prepared_bytes(const Place& at) {
                  return kWarpsK * kStages * kActivationBytes;
                }
                __device__ __forceinline__ int sum_bytes(const Place& at) {
                  return 0;
                }
                __device__ __forceinline__ u32 activations(u32 prepared, const Place& at, int stage) {
                  return prepared + (at.warp_k * kStages + stage) * kActivationBytes;
                }
                // The warps that work on the same unit copy its activations together.
                __device__ __forceinline__ void sync_stage(const Place& at) {
                  if (kWarpsN == 1) {
                    __syncwarp();
                  } else {
                    barrier(1 + at.warp_k, 32 * kWarpsN);
                  }
                }

                // Starts the copies of one unit of x, a row of it for each warp at a time, without bounds where there is nothing to bound;
                // features past k become 0. Rows that are not aligned to 16 bytes are copied element by element.
                __device__ __forceinline__ void stream_activations(const u16* x, int k, u32 ring, const Place& at, int unit, int slot) {
                  const bool aligned = k % 8 == 0 && reinterpret_cast<u64>(x) % 16 == 0;
                  const u32 to = activations(ring, at, slot) + at.lane / 8 * kCellBytes;
                  const int left = k - unit * kUnitK - at.lane * 8;
                  const u16* from = x + static_cast<u64>(at.first_column + at.warp_n) * k + unit * kUnitK + at.lane * 8;
                  if (aligned && at.columns == kBatch && (unit + 1) * kUnitK <= k) {
                #pragma unroll
                    for (int first = 0; first < kBatch; first += kWarpsN) {
                      const int row = first + at.warp_n;
                      if (first + kWarpsN <= kBatch || row < kBatch) {
                        copy_16(to + row * 128 + ((at.lane % 8 ^ ((kWarpsN % 8 == 0 ? at.warp_n : row) & 7)) * 16), from, 16);
                      }
                      from += static_cast<u64>(kWarpsN) * k;
                    }
                    return;
                  }
                #pragma unroll 1
                  for (int row = at.warp_n; row < at.columns; row += kWarpsN) {
                    const u32 into = to + row * 128 + ((at.lane % 8 ^ (row & 7)) * 16);
                    const int valid = left;
                    if (aligned) {
                      copy_16(into, valid > 0 ? from : x, valid >= 8 ? 16 : valid > 0 ? valid * 2 : 0);
                    } else {
                #pragma unroll
                      for (int e = 0; e < 8; ++e) {
                        store_shared_16bit(into + e * 2, e < valid ? from[e] : static_cast<u16>(0));
                      }
                    }
                    from += static_cast<u64>(kWarpsN) * k;
                  }
                }
                """);
  }
}
