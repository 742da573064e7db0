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
        PtxInstruction.BARRIER, PtxInstruction.F16_TO_F32, PtxInstruction.LOAD_CONSTANT)
        .constants(
            """
                // result = kProducts * sum + kWeightSums * (sum of a row) + kActivationSums * (sum of a token) + k * kEach, modulo 2^32
                constexpr u32 kProducts = static_cast<u32>(%s);
                constexpr u32 kWeightSums = static_cast<u32>(%s);
                constexpr u32 kActivationSums = static_cast<u32>(%s);
                constexpr u32 kEach = static_cast<u32>(%s);
                constexpr int kTokenBytes = 8 * kBatch;
                """
                .formatted(c.products(), c.weightSums(), c.activationSums(), c.each()))
        .functions("""
            // Two numbers for the rows g and g + 8 that a lane accumulates.
            struct Pair {
              float low, high;
            };

            """ + PairText.conversions(stage.scale()) + PairText.function("scale", stage.scale()) + """

            // What is stored for a lane's two rows; nobody waits for it before the sums are there.
            struct StoredRows {
              u32 scale, high_scale, low_sum, high_sum;
            };

            __device__ __forceinline__ StoredRows load_rows(const u8* scale, const u8* sums, int strip, int g) {
              StoredRows rows = {};
              const u32* word = reinterpret_cast<const u32*>(scale + %s * strip + %s);
              rows.scale = load_constant(word);
              if (%s) {
                rows.high_scale = load_constant(word + 1);
              }
              if (kWeightSums != 0) {
                const u32* sum = reinterpret_cast<const u32*>(sums) + 16 * strip + 2 * g;
                rows.low_sum = load_constant(sum);
                rows.high_sum = load_constant(sum + 1);
              }
              return rows;
            }

            // What all columns of a lane's two rows have in common.
            struct Rows {
              u32 low, high;
              Pair scale;
            };

            __device__ __forceinline__ Rows rows_of(const StoredRows& stored, int g, int k) {
              return {kEach * static_cast<u32>(k) + kWeightSums * stored.low_sum,
                  kEach * static_cast<u32>(k) + kWeightSums * stored.high_sum,
                  scale_pair(stored.scale, stored.high_scale, g)};
            }

            __device__ __forceinline__ float corrected(u32 sum, u32 row, u32 token, float row_scale, u32 token_scale) {
              const u32 result = kProducts * sum + (row + kActivationSums * token);
              return static_cast<float>(static_cast<int>(result)) * (row_scale * __uint_as_float(token_scale));
            }
            """.formatted(2 * stage.scale().storedBits(), PairText.byteInGroup(stage.scale(), "g"),
            stage.scale().storedBits() == 32 ? "true" : "false"))
        .begin("int buffer = 0;\n")
        .prepare(
            """
                // {sum, scale} of the tokens of this tile, once those that lay here have been read.
                records = out + buffer * kTokenBytes;
                if (kTokenBuffers == 1) {
                  barrier(1 + group, 128);
                } else {
                  buffer ^= 1;
                }
                if (threadIdx.x % 128 < kBatch / 2) {
                  copy_16(records + threadIdx.x % 128 * 16, tokens + (static_cast<u64>(column) * 8 + threadIdx.x % 128 * 16), 16);
                }
                commit_copies();
                stored = load_rows(scale, zero, min(row / 16 + warp % 4, in.strips - 1), lane / 4);
                """);
  }
}
