package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;

import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16;
import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16_STREAMED;
import static org.bitloom.codegen.cuda.PtxInstruction.EVICT_FIRST;
import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED;

/** Emits the stream of sign planes of a warpgroup kernel, and of the parameters that belong to them. */
final class WarpgroupSignsEmitter {
  private WarpgroupSignsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stage) {
    return StagePart.of(COPY_16_STREAMED, COPY_16, EVICT_FIRST, LOAD_SHARED)
        .constants(
            """
                // Sign planes: codes[plane][n/16][k/kUnitK][32 lanes][4 cells] of 4 bytes; parameters [plane][n/16][groups][8][2] f16.
                constexpr int kPlanes = PLANES;
                constexpr int kParameterPlanes = kPlanes + %s;       // scales, then the offset
                constexpr int kUnitK = 256;                         // features of a packing unit: 4 cells of 64
                constexpr int kUnitBytes = 512;                     // of a plane
                constexpr int kUnitGroups = %s;                     // groups of parameters of a unit
                constexpr int kFlushCells = %s;                     // cells whose weights have the same levels
                constexpr int kStageK = kUnitsPerStage * kUnitK;    // input features of a pipeline stage
                constexpr int kStageGroups = kUnitsPerStage * kUnitGroups;
                constexpr int kCodeBytes = kRowTiles * kUnitsPerStage * kPlanes * kUnitBytes;
                constexpr int kParameterChunks = 2 * kStageGroups * kParameterPlanes * kRowTiles;  // of 16 bytes
                constexpr int kParamBytes = kParameterChunks * 16;

                """
                .formatted(stage.offsets(), stage.groups().perUnit(), stage.groups().flushCells())
                + StreamSignsEmitter.groups(stage))
        .functions(
            WarpgroupCodesEmitter.copies("all planes", "stream_signs(const u8* codes, u64 plane_bytes,", "kPlanes",
                """
                    const u32 first = pinned((at.tile(r) * at.units + stage * kUnitsPerStage) * 32 + at.lane);  // 16 bytes of a plane
                    """,
                "codes + c * plane_bytes + static_cast<u64>(first + (valid ? u : 0) * 32) * 16")
                + """

                    // Starts the copies of one stage of parameters, a chunk of each lane at a time.
                    __device__ __forceinline__ void stream_parameters(const u8* scale, const u8* offset, u64 scale_bytes, int groups, u32 to,
                                                                      const Place& at, int stage) {
                    #pragma unroll
                      for (int i = 0; i < (kParameterChunks + 31) / 32; ++i) {
                        const int chunk = i * 32 + at.lane;
                        if (kParameterChunks % 32 == 0 || chunk < kParameterChunks) {
                          const int plane = chunk / (2 * kStageGroups * kRowTiles);
                          const int r = chunk / (2 * kStageGroups) % kRowTiles;
                          const int h = chunk / 2 % kStageGroups;
                          const int group = min(first_group(stage * kUnitsPerStage + h / kUnitGroups) + h % kUnitGroups, groups - 1);
                          const u8* from = plane < kPlanes ? scale + plane * scale_bytes : offset;
                          copy_16(to + kCodeBytes + i * 512, from + chunk % 2 * 16 + static_cast<u64>(static_cast<u32>(at.tile(r) * groups + group)) * 32, 16);
                        }
                      }
                    }

                    // The parameters of rows g and g + 8 of row tile r in one plane, two f16, for group h of the stage.
                    __device__ __forceinline__ u32 parameters(u32 slot, int r, int plane, int h, int g) {
                      return load_shared(slot + kCodeBytes + ((plane * kRowTiles + r) * kStageGroups + h) * 32 + g * 4);
                    }
                    """)
        .setup("""
            const u64 policy = evict_first_policy();
            const int groups = parameter_groups(k);
            const u64 plane_bytes = static_cast<u64>(at.tiles) * at.units * kUnitBytes;
            const u64 scale_bytes = parameter_bytes(at.tiles, groups);
            """)
        .weights("""
            stream_signs(codes, plane_bytes, to, at, stage, policy);
            stream_parameters(scale, offset, scale_bytes, groups, to, at, stage);
            """);
  }
}
