package org.bitloom.codegen.cuda;

import java.util.List;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.runtime.api.ActivationType;

import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED_4;

/** Emits the sums of activations over groups: the warps of a k-group take turns, and leave what accumulators start with. */
final class SumGroupsEmitter {
  private SumGroupsEmitter() {
  }

  static StagePart emit(Stage.SumGroups stage) {
    String one = stage.form().operand() == ActivationType.F16 ? "0x3c003c00u" : "0x3f803f80u";
    return StagePart.of(LOAD_SHARED_4)
        .constants("""
            // What accumulators of a group start with: minus the sum of its activations times %s.
            // Of a stage [kFlushes][kBatch / 2][4]: two columns for row g, the same for row g + 8; two stages.
            constexpr float kLowStart = %s;
            constexpr float kHighStart = %s;
            constexpr int kStartBytes = kFlushes * kBatch * 8;
            """.formatted(stage.zero().isPresent() ? "the unit of decoded integers, yet to be multiplied by\n// offset and zero point" : "what decoded weights hold too much",
            literal(-stage.lowUnit() * (stage.zero().isPresent() ? 1 : stage.offset())),
            literal(-stage.highUnit() * (stage.zero().isPresent() ? 1 : stage.offset()))))
        .functions("""
            __device__ __forceinline__ void store_shared(u32 address, float v) {
              asm volatile("st.shared.f32 [%0], %1;" :: "r"(address), "f"(v) : "memory");
            }

            // Sums activations over one group of a stage whose fragments lie at `offset`, and leaves starts of accumulators. An MMA takes
            // the registers of ldmatrix as they come as operand A; of its columns, even ones add up registers 0 and 1 (8 batch columns),
            // odd ones registers 2 and 3 (8 others, or the same of the next step).
            __device__ __forceinline__ void sum_group(const u32 (&lane_fragments)[kLoads], u32 offset, u32 starts, const Place& at) {
              float sum[kLoads][2][4];
            #pragma unroll
              for (int i = 0; i < kLoads; ++i) {
            #pragma unroll
                for (int e = 0; e < 8; ++e) {
                  sum[i][e / 4][e % 4] = 0;
                }
              }
              const u32 even = at.lane / 4 % 2 == 0 ? ONES : 0;
              const u32 odd = even ^ ONES;
            #pragma unroll
              for (int step = 0; step < kFlushK / 16; step += kSteps) {
                u32 x[kBatchTiles][kParts][2 * kSteps];
                load_activations(lane_fragments, offset, step * 16, x);
            #pragma unroll
                for (int i = 0; i < kLoads; ++i) {
            #pragma unroll
                  for (int part = 0; part < kParts; ++part) {
                    const u32 (&first)[2 * kSteps] = x[2 * i][part];
                    const u32 (&second)[2 * kSteps] = x[kBatchTiles == 1 ? 0 : 2 * i + 1][part];
                    const u32 rows[4] = {first[0], first[1], second[2 * kSteps - 2], second[2 * kSteps - 1]};
                    mma(sum[i][step / kSteps % 2], rows, even, odd);
                  }
                }
              }
              // Lanes with lane % 4 == 0 store what rows g start with, those with 1 what rows g + 8 do.
              const float center = at.lane % 4 == 0 ? kLowStart : kHighStart;
              if (at.lane % 4 < 2) {
            #pragma unroll
                for (int i = 0; i < kLoads; ++i) {
                  const float low = sum[i][0][0] + sum[i][1][0] + sum[i][0][2] + sum[i][1][2];
                  const float high = sum[i][0][1] + sum[i][1][1] + sum[i][0][3] + sum[i][1][3];
                  const u32 to = starts + i * 128 + at.lane / 8 * 16 + at.lane % 4 * 8 + at.lane / 4 % 2 * 4;
                  if (kBatchTiles == 1) {
                    store_shared(to, center * (low + high));
                  } else {
                    store_shared(to, center * low);
                    store_shared(to + 64, center * high);
                  }
                }
              }
            }

            // Accumulators of a tile at the start of a group.
            __device__ __forceinline__ void load_start(u32 starts, const Place& at, float (&acc)[kBatchTiles][4]) {
            #pragma unroll
              for (int b = 0; b < kBatchTiles; ++b) {
                u32 v[4];
                load_shared_4(starts + b * 64 + at.lane % 4 * 16, v);
            #pragma unroll
                for (int i = 0; i < 4; ++i) {
                  acc[b][i] = __uint_as_float(v[i]);
                }
              }
            }
            """.replace("ONES", one) + stage.zero().map(SumGroupsEmitter::pairs).orElse(""))
        .setup(stage.zero().map(ParamText::preload).orElse(""))
        .rings("""
            const u32 starts = slots + (kWarpsN * kWarpsK - at.warp_k * kWarpsN - at.warp_n) * (kStages * kSlotBytes)
                + at.warp_k * (2 * kStartBytes);
            int turn = at.warp_n;  // of this warp to sum a group
            const auto sum_groups = [&](u32 slot_of, int stage, int half) {
              if (stage < at.end_stage) {
            #pragma unroll 1
                for (int flush = turn; flush < kFlushes; flush += kWarpsN) {
                  sum_group(lane_fragments, slot_of * kActivationBytes + flush * (kFlushK * 2), starts + half * kStartBytes
                      + flush * (kBatch * 8), at);
                }
              }
              turn = turn == 0 ? kWarpsN - 1 : turn - 1;
            };
            """)
        .ahead("""
            sum_groups(current + 1 == kStages ? 0 : current + 1, stage + kWarpsK, half ^ 1);
            """)
        .fragment("""
            if (column %% kFlushK == 0) {
              float start[kBatchTiles][4];
              load_start(starts + half * kStartBytes + column / kFlushK * (kBatch * 8), at, start);
            #pragma unroll
              for (int r = 0; r < kRowTiles; ++r) {
            %s#pragma unroll
                for (int b = 0; b < kBatchTiles; ++b) {
            #pragma unroll
                  for (int i = 0; i < 4; ++i) {
                    acc[r][b][i] = %s;
                  }
                }
              }
            }
            """.formatted(stage.zero().map(zero -> Text.indent(4, "const int flush = column / kFlushK;\n" + ParamText.fetch(zero, "zero_now"))).orElse(""),
            stage.zero().map(zero -> "start[b][i] * " + center(stage.offset())).orElse("start[b][i]")));
  }

  private static String pairs(PlaneUse zero) {
    return "\n" + PairText.function(zero.name(), zero.plane().type()) + ParamText.functions(List.of(zero));
  }

  /** What stands for 0 in row g or row g + 8. */
  private static String center(double offset) {
    String zero = "(i < 2 ? zero_now.low : zero_now.high)";
    return offset == 0 ? zero : "(%s + %s)".formatted(zero, literal(offset));
  }

  private static String literal(double value) {
    return Float.toHexString((float) value) + "f";
  }
}
