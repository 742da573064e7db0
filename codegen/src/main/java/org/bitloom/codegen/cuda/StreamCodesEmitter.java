package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Stage;

import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16_STREAMED;
import static org.bitloom.codegen.cuda.PtxInstruction.EVICT_FIRST;
import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED_4;

/** Emits the stream of packed codes: from global memory to each lane's own bytes of a ring, and on to registers. */
final class StreamCodesEmitter {
  private StreamCodesEmitter() {
  }

  /** The sizes of packed codes. */
  static String constants(Stage.StreamCodes stage) {
    return """
        // Packed codes: codes[n/16][k/kUnitK][kChunks][32 lanes][16 bytes].
        constexpr int kCodeBits = %s;
        constexpr int kCells = %s;                          // cells of 16 x 64 codes in a packing unit
        constexpr int kUnitK = 64 * kCells;
        constexpr int kChunks = kCodeBits * kCells / 4;     // 16-byte chunks of a lane in a unit
        constexpr int kUnitBytes = kChunks * 512;
        constexpr int kStageK = kUnitsPerStage * kUnitK;    // input features of a pipeline stage
        constexpr int kCodeBytes = kRowTiles * kUnitsPerStage * kUnitBytes;
        """.formatted(stage.codeBits(), stage.cells());
  }

  static StagePart emit(Stage.StreamCodes stage) {
    return StagePart.of(COPY_16_STREAMED, EVICT_FIRST, LOAD_SHARED_4)
        .constants(constants(stage))
        .functions(
            """
                // Starts the copies of one stage of codes: Tiles tiles x kUnitsPerStage units, this lane's bytes.
                template <Extent extent, int Tiles>
                __device__ __forceinline__ void stream_codes(const u8* from, const u32 (&tiles)[kRowTiles], u32 to, const Place& at, int stage, u64 policy) {
                #pragma unroll
                  for (int r = 0; r < Tiles; ++r) {
                #pragma unroll
                    for (int u = 0; u < kUnitsPerStage; ++u) {
                      const bool valid = extent == Whole || u == 0 || stage * kUnitsPerStage + u < at.units;
                #pragma unroll
                      for (int c = 0; c < kChunks; ++c) {
                        copy_16_streamed(to + ((r * kUnitsPerStage + u) * kChunks + c) * 512,
                                         from + tiles[r] + ((valid ? u : 0) * kChunks + c) * 512, valid ? 16 : 0, policy);
                      }
                    }
                  }
                }

                // Reads back this lane's words of one unit: words[tile][kCodeBits * kCells].
                template <int Tiles>
                __device__ __forceinline__ void load_codes(u32 from, int unit, u32 (&words)[kRowTiles][kCodeBits * kCells]) {
                #pragma unroll
                  for (int r = 0; r < Tiles; ++r) {
                #pragma unroll
                    for (int c = 0; c < kChunks; ++c) {
                      load_shared_4(from + ((r * kUnitsPerStage + unit) * kChunks + c) * 512, &words[r][4 * c]);
                    }
                  }
                }
                """)
        .setup(
            """
                const u64 policy = evict_first_policy();
                // Where this lane's bytes of the next stage to copy lie, of the first tile, and how far behind them those of the others.
                const u64 tile_bytes = static_cast<u64>(at.units) * kUnitBytes;
                const u8* codes_from = codes + at.tile(0) * tile_bytes + at.lane * 16
                    + static_cast<u64>(at.first_stage + at.warp_k) * (kUnitsPerStage * kUnitBytes);
                u32 tiles[kRowTiles];
                #pragma unroll
                for (int r = 0; r < kRowTiles; ++r) {
                  tiles[r] = static_cast<u32>(at.tile(r) - at.tile(0)) * static_cast<u32>(tile_bytes);
                }
                """)
        .weights("""
            stream_codes<EXTENT, kTiles>(codes_from, tiles, lane_slots + into * kSlotBytes, at, stage, policy);
            """)
        .advanceWeights("""
            codes_from += kWarpsK * kUnitsPerStage * kUnitBytes;
            """);
  }
}
