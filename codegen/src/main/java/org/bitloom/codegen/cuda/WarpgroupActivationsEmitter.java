package org.bitloom.codegen.cuda;

import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16;
import static org.bitloom.codegen.cuda.PtxInstruction.STORE_SHARED_16BIT;

/** Emits the stream of activations of a warpgroup kernel: x[m][k] to shared memory, swizzled as wgmma reads it. */
final class WarpgroupActivationsEmitter {
  private WarpgroupActivationsEmitter() {
  }

  static StagePart emit() {
    return StagePart.of(COPY_16, STORE_SHARED_16BIT)
        .constants("""
            // Activations of a stage: [kStageK / 64][kBatch] lines of 64 features, 128 bytes each; chunk c of 16 bytes of line r
            // lies at chunk c ^ (r % 8) (PTX ISA 9.7.16.5.1, 128-byte swizzle).
            constexpr int kTileBytes = 128 * kBatch;  // of 64 features
            constexpr int kActivationBytes = kStageK / 64 * kTileBytes;
            """)
        .functions("""
            // Starts the copies of one stage of x[first_column...][k]; features past k and columns past m become 0. All threads of
            // the block share the work. Rows of x that are not aligned to 16 bytes are copied element by element.
            __device__ __forceinline__ void stream_activations(const u16* x, u32 to, const Place& at, int stage, int k, bool aligned) {
              constexpr int kLines = kStageK / 64 * kBatch;
              constexpr int kLinesAtATime = kThreads / 8;
              const int chunk = threadIdx.x % 8;
            #pragma unroll
              for (int i = 0; i < (kLines + kLinesAtATime - 1) / kLinesAtATime; ++i) {
                const int line = i * kLinesAtATime + threadIdx.x / 8;
                const int row = line % kBatch;
                if (kLines % kLinesAtATime == 0 || line < kLines) {
                  const int column = stage * kStageK + line / kBatch * 64 + chunk * 8;
                  const u16* from = x + static_cast<u64>(static_cast<u32>(row)) * k + column;
                  const u32 into = to + line * 128 + ((chunk ^ (row & 7)) * 16);
                  const int left = row < at.columns ? k - column : 0;
                  if (aligned) {
                    copy_16(into, left > 0 ? from : x, left >= 8 ? 16 : left > 0 ? left * 2 : 0);
                  } else {
            #pragma unroll 1
                    for (int e = 0; e < 8; ++e) {
                      store_shared_16bit(into + e * 2, e < left ? from[e] : static_cast<u16>(0));
                    }
                  }
                }
              }
            }
            """)
        .setup("""
            const bool aligned = k % 8 == 0 && reinterpret_cast<u64>(x) % 16 == 0;
            const u16* x_rows = x + static_cast<u64>(at.first_column) * k;
            """)
        .activations("""
            stream_activations(x_rows, activations + into * kActivationBytes, at, stage, k, aligned);
            """);
  }
}
