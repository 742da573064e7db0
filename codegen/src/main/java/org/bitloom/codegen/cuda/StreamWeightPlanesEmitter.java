package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;

/** Emits the copies of weight planes and how their words become fragments. */
final class StreamWeightPlanesEmitter {
  private StreamWeightPlanesEmitter() {
  }

  static RingPart emit(IntegerStage.StreamWeightPlanes stage, IntegerStage.StreamTiles tiles) {
    boolean onePlane = tiles.slab() == 1024;
    return RingPart.of(PtxInstruction.LOAD_SHARED_4, PtxInstruction.PERMUTE_BYTES)
        .constants("constexpr int kWeightPlanes = %d;\n".formatted(stage.planes()) + (onePlane ? """
            constexpr int kStageUnits = 4;                     // units of 256 k of a stage of one plane
            constexpr int kPlaneBytes = 512 * kStageUnits * (kRows / 16);
            constexpr int kRunUnits = kWeightPlanes == 1 ? kStageUnits : 1;  // units whose words of a plane are neighbours
            """ : """
            constexpr int kUnitBytes = 512 * kWeightPlanes;    // 16 rows x 256 k in all planes
            constexpr int kWeightBytes = kUnitBytes * (kRows / 16);
            """))
        .functions("""
            // Strips of 16 rows that a tile really has.
            __device__ __forceinline__ int strips_of(const Operands& in, int row) {
              return min(kRows / 16, in.strips - row / 16);
            }

            """ + (onePlane ? COPY_PLANE : COPY_UNITS) + """

            // Bits of 16 rows x 256 k (operand A): rows g and g + 8 lie in alternating bytes of a lane's words.
            __device__ __forceinline__ void load_plane(u32 from, u32 (&a)[4]) {
              u32 w[4];
              load_shared_4(from, w);
              a[0] = permute_bytes(w[0], w[1], 0x6240);
              a[1] = permute_bytes(w[0], w[1], 0x7351);
              a[2] = permute_bytes(w[2], w[3], 0x6240);
              a[3] = permute_bytes(w[2], w[3], 0x7351);
            }
            """);
  }

  private static final String COPY_PLANE = """
      // One plane of all strips, `units` units from `unit` on; each lane copies runs of neighbours.
      __device__ __forceinline__ void copy_weights(const Operands& in, u32 to, int plane, int row, int unit, int units,
                                                   u32 arrival, int lane) {
        constexpr int kRuns = kStageUnits / kRunUnits;
      #pragma unroll
        for (int i = lane; i < kRows / 16 * kRuns; i += 32) {
          const int strip = i / kRuns;
          const int first = i % kRuns * kRunUnits;
          if (strip < strips_of(in, row) && first < units) {
            const u64 from = static_cast<u64>(row / 16 + strip) * in.units + unit + first;
            copy_bulk(to + (strip * kStageUnits + first) * 512, in.weights + (from * kWeightPlanes + plane) * 512,
                512 * (units - first < kRunUnits ? units - first : kRunUnits), arrival);
          }
        }
      }
      """;

  private static final String COPY_UNITS = """
      // A unit with all its planes of every strip, one for each of the first lanes.
      __device__ __forceinline__ void copy_weights(const Operands& in, u32 to, int row, int unit, u32 arrival, int lane) {
        if (lane < strips_of(in, row)) {
          const u64 from = static_cast<u64>(row / 16 + lane) * in.units + unit;
          copy_bulk(to + lane * kUnitBytes, in.weights + from * kUnitBytes, kUnitBytes, arrival);
        }
      }
      """;
}
