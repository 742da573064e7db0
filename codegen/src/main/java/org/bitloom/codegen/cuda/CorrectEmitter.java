package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Correction;
import org.bitloom.codegen.ir.IntegerStage;

/** Emits how a sum of stored operands becomes a scaled result. */
final class CorrectEmitter {
  private CorrectEmitter() {
  }

  static RingPart emit(IntegerStage.Correct stage) {
    Correction c = stage.correction();
    return RingPart.of(PtxInstruction.COPY_16, PtxInstruction.COMMIT_COPIES, PtxInstruction.WAIT_COPIES,
        PtxInstruction.BARRIER, PtxInstruction.F16_TO_F32)
        .constants("""
            // result = kProducts * sum + kWeightSums * (sum of a row) + kActivationSums * (sum of a token) + k * kEach, modulo 2^32
            constexpr u32 kProducts = static_cast<u32>(%d);
            constexpr u32 kWeightSums = static_cast<u32>(%d);
            constexpr u32 kActivationSums = static_cast<u32>(%d);
            constexpr u32 kEach = static_cast<u32>(%d);
            constexpr int kTokenBytes = 8 * kBatch;
            """.formatted(c.products(), c.weightSums(), c.activationSums(), c.each()))
        .functions("""
            // Two numbers for the rows g and g + 8 that a lane accumulates.
            struct Pair {
              float low, high;
            };

            """ + PairText.conversions(stage.scale()) + PairText.function("scale", stage.scale()) + """

            // What all columns of a lane's two rows have in common.
            struct Rows {
              u32 low, high;
              Pair scale;
            };

            __device__ __forceinline__ Rows rows_of(const u8* scale, const u8* sums, int strip, int g, int k) {
              Rows rows;
              const u8* word = scale + %d * strip + %s;
              rows.scale = scale_pair(*reinterpret_cast<const u32*>(word), %s, g);
              rows.low = rows.high = kEach * static_cast<u32>(k);
              if (kWeightSums != 0) {
                const u32* sum = reinterpret_cast<const u32*>(sums) + 16 * strip + 2 * g;
                rows.low += kWeightSums * sum[0];
                rows.high += kWeightSums * sum[1];
              }
              return rows;
            }

            __device__ __forceinline__ float corrected(u32 sum, u32 row, u32 token, float row_scale, u32 token_scale) {
              const u32 result = kProducts * sum + (row + kActivationSums * token);
              return static_cast<float>(static_cast<int>(result)) * (row_scale * __uint_as_float(token_scale));
            }
            """.formatted(2 * stage.scale().storedBits(), PairText.byteInGroup(stage.scale(), "g"),
            stage.scale().storedBits() == 32 ? "*reinterpret_cast<const u32*>(word + 4)" : "0"))
        .prepare("""
            // {sum, scale} of the tokens of this tile, once those of the tile before have been read.
            barrier(1 + group, 128);
            if (threadIdx.x %% 128 < kBatch / 2) {
              copy_16(out + threadIdx.x %% 128 * 16, tokens + (static_cast<u64>(column) * 8 + threadIdx.x %% 128 * 16), 16);
            }
            commit_copies();
            const Rows rows = rows_of(scale, zero, min(row / 16 + warp %% 4, in.strips - 1), lane / 4, k);
            """.formatted());
  }
}
