package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;

/** Emits the copies of weight planes and how their words become fragments. */
final class StreamWeightPlanesEmitter {
  private StreamWeightPlanesEmitter() {
  }

  static RingPart emit(IntegerStage.StreamWeightPlanes stage, IntegerStage.StreamTiles tiles) {
    return RingPart.of(PtxInstruction.LOAD_SHARED_4, PtxInstruction.PERMUTE_BYTES)
        .constants("""
            constexpr int kWeightPlanes = %d;
            constexpr int kStageUnits = %d;                      // units of 256 k of a stage of weights
            constexpr int kPlaneBytes = 32 * kStageUnits * kRows;  // one plane of it
            """.formatted(stage.planes(), tiles.slab() == 1024 ? 4 : 1))
        .functions("""
            // Strips of 16 rows that a tile really has.
            __device__ __forceinline__ int strips_of(const Operands& in, int row) {
              return min(kRows / 16, in.strips - row / 16);
            }

            // Each of the first lanes copies one strip of a plane, `units` units from `unit` on.
            __device__ __forceinline__ void copy_weights(const Operands& in, u32 to, int plane, int row, int unit, int units,
                                                         u32 arrival, int lane) {
              if (lane < strips_of(in, row)) {
                const u64 strip = static_cast<u64>(plane) * in.strips + row / 16 + lane;
                copy_bulk(to + lane * (512 * kStageUnits), in.weights + (strip * in.units + unit) * 512, 512 * units, arrival);
              }
            }

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
}
