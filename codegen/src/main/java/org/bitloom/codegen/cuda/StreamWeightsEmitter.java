package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;
import org.bitloom.codegen.layout.PlaneLayout;

/** Emits the copies of weights. All warps of the copying warpgroup share them: a warp starts its lanes' copies one by one. */
final class StreamWeightsEmitter {
  private StreamWeightsEmitter() {
  }

  static RingPart emit(IntegerStage.StreamWeightPlanes stage) {
    return RingPart.of(PtxInstruction.LOAD_SHARED_4, PtxInstruction.PERMUTE_BYTES)
        .constants(
            """
                constexpr int kWeightPlanes = %s;
                constexpr int kUnitK = %s;
                constexpr int kUnitBytes = %s;                    // of one plane
                constexpr int kStageUnits = 4;                     // units of a stage of one plane
                constexpr int kStripBytes = kUnitBytes * kStageUnits;  // 16 rows of it
                constexpr int kPlaneBytes = kStripBytes * (kRows / 16);
                constexpr int kRunUnits = kWeightPlanes == 1 ? kStageUnits : 1;  // units whose words of a plane are neighbours
                """
                .formatted(stage.planes(), PlaneLayout.UNIT_K, PlaneLayout.UNIT_BYTES))
        .functions(STRIPS
            + """
                // `units` units of one plane from `unit` on, as runs of neighbours.
                __device__ __forceinline__ void copy_weights(const Operands& in, u32 to, int plane, int row, int unit, int units,
                                                             u32 arrival, int copier) {
                  const int strip = copier / (kStageUnits / kRunUnits);
                  const int first = copier %% (kStageUnits / kRunUnits) * kRunUnits;
                  if (strip < strips_of(in, row) && first < units) {
                    const u64 from = static_cast<u64>(row / 16 + strip) * in.units + unit + first;
                    copy_bulk(to + strip * kStripBytes + first * kUnitBytes, in.weights + (from * kWeightPlanes + plane) * kUnitBytes,
                        kUnitBytes * (units - first < kRunUnits ? units - first : kRunUnits), arrival);
                  }
                }

                // Bits of 16 rows x 256 k (operand A): rows g and g + 8 lie in alternating bytes of a lane's words.
                __device__ __forceinline__ void load_plane(u32 from, u32 (&a)[4]) {
                  u32 w[4];
                  load_shared_4(from, w);
                  a[0] = permute_bytes(w[0], w[1], 0x%1$04x);
                  a[1] = permute_bytes(w[0], w[1], 0x%2$04x);
                  a[2] = permute_bytes(w[2], w[3], 0x%1$04x);
                  a[3] = permute_bytes(w[2], w[3], 0x%2$04x);
                }
                """
                .formatted(PlaneLayout.UPPER_ROW, PlaneLayout.LOWER_ROW));
  }

  static RingPart emit(IntegerStage.StreamWeightCodes stage) {
    return RingPart.of(PtxInstruction.LOAD_SHARED_4)
        .constants("""
            constexpr int kCodeBits = %s;
            constexpr int kUnitK = %s;
            constexpr int kCells = 4;                          // cells of 16 x 64 codes of a stage
            constexpr int kStageUnits = 256 / kUnitK;          // units of a stage
            constexpr int kUnitBytes = 2 * kUnitK * kCodeBits;
            constexpr int kStripBytes = 512 * kCodeBits;       // 16 rows of a stage
            constexpr int kWeightBytes = kStripBytes * (kRows / 16);
            """.formatted(stage.bits(), stage.unitK()))
        .functions(STRIPS + COPY_UNITS + LOAD_WORDS);
  }

  private static final String STRIPS = """
      // Strips of 16 rows that a tile really has.
      __device__ __forceinline__ int strips_of(const Operands& in, int row) {
        return min(kRows / 16, in.strips - row / 16);
      }

      """;

  private static final String COPY_UNITS = """
      // `units` units of every strip of 16 rows.
      __device__ __forceinline__ void copy_weights(const Operands& in, u32 to, int row, int unit, int units, u32 arrival, int copier) {
        if (copier < strips_of(in, row)) {
          const u64 from = static_cast<u64>(row / 16 + copier) * in.units + unit;
          copy_bulk(to + copier * kStripBytes, in.weights + from * kUnitBytes, kUnitBytes * units, arrival);
        }
      }
      """;

  private static final String LOAD_WORDS = """

      // A lane's words of a stage, of which `valid` bytes of a strip are there; the rest counts nothing.
      __device__ __forceinline__ void load_words(u32 from, int valid, u32 (&words)[kCodeBits * kCells]) {
      #pragma unroll
        for (int c = 0; c < kCodeBits; ++c) {
          if (512 * c < valid) {
            load_shared_4(from + 512 * c, words + 4 * c);
          } else {
            words[4 * c] = words[4 * c + 1] = words[4 * c + 2] = words[4 * c + 3] = 0;
          }
        }
      }
      """;
}
