package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;

/** Emits the copies of activation tiles. */
final class StreamTilesEmitter {
  private StreamTilesEmitter() {
  }

  static RingPart emit(IntegerStage.StreamTiles stage) {
    return RingPart.of()
        .constants("constexpr int kActivationPlanes = %s;\n".formatted(stage.planes()))
        .functions(
            """
                // One copy: columns are neighbours. Past the last column of a slab comes what nobody stores.
                __device__ __forceinline__ void copy_tile(const Operands& in, u32 to, int slab, int plane, int column, u32 bytes,
                                                          u32 arrival) {
                  const u64 first = (static_cast<u64>(slab) * kActivationPlanes + plane) * in.columns + column;
                  copy_bulk(to, in.activations + first * 128, bytes, arrival);
                }
                """);
  }
}
