package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;

/** Emits the products of bytes: the next weights are put together while the Tensor Cores work on these. */
final class MultiplyBytesEmitter {
  private MultiplyBytesEmitter() {
  }

  static RingPart emit(IntegerStage.MultiplyBytes stage) {
    return RingPart.empty()
        .constants("""
            constexpr int kWeightStages = WEIGHT_STAGES;         // stages of weights in flight, 256 k each
            constexpr int kWeightRing = kStages * kTileBytes;
            constexpr int kRingBytes = kWeightRing + kWeightStages * kWeightBytes;
            constexpr int kTokenBuffers = 1;
            """)
        .functions(WarpgroupText.wrapper(stage.atom(), 16) + FUNCTIONS)
        .fill(FILL)
        .multiply(MULTIPLY + MultiplyPlanesEmitter.LEAVE);
  }

  private static final String FUNCTIONS = """

      struct Rings {
        Ring<kStages> tiles;
        Ring<kWeightStages> weights;

        __device__ __forceinline__ explicit Rings(u32 barriers) : tiles(barriers), weights(barriers + 16 * kStages) {}
        __device__ __forceinline__ void init() const {
          tiles.init();
          weights.init();
        }
      };

      // The words of this warp's 16 rows x 256 k, as soon as they are there.
      __device__ __forceinline__ void next_weights(Ring<kWeightStages>& ring, u32 own, int valid,
                                                   u32 (&words)[kCodeBits * kCells]) {
        ring.wait_full();
        load_words(own + ring.slot * kWeightBytes, valid, words);
        __syncwarp();
        ring.release_oldest();
        ring.next();
      }
      """;

  private static final String FILL = """
      for (int unit = 0; unit < in.units; unit += kStageUnits) {
        const int units = min(kStageUnits, in.units - unit);
        const u32 arrival = rings.weights.arrival();
        rings.weights.wait_empty();
        if (first) {
          arrive_and_expect(arrival, kUnitBytes * units * strips_of(in, row));
        }
        __syncwarp();
        copy_weights(in, base + kWeightRing + rings.weights.slot * kWeightBytes, row, unit, units, arrival, copier);
        rings.weights.next();
        for (int h = 0; h < 2; ++h) {
          rings.tiles.wait_empty();
          if (first) {
            arrive_and_expect(rings.tiles.arrival(), kTileBytes);
            copy_tile(in, base + rings.tiles.slot * kTileBytes, 2 * (unit / kStageUnits) + h, 0, column, kTileBytes,
              rings.tiles.arrival());
          }
          __syncwarp();
          rings.tiles.next();
        }
      }
      """;

  private static final String MULTIPLY = """
      const bool present = row / 16 + warp % 4 < in.strips;
      const u32 own = base + kWeightRing + (4 * group + warp % 4) * kStripBytes + 16 * lane;
      const int stages = (in.units + kStageUnits - 1) / kStageUnits;
      const int last_bytes = present ? kUnitBytes * (in.units - (stages - 1) * kStageUnits) : 0;
      const int whole_bytes = present ? kStripBytes : 0;
      u32 d[kBatch / 2];
      u32 words[kCodeBits * kCells];
      u32 a[2][4][4];
      int keep = 0;
      next_weights(rings.weights, own, stages == 1 ? last_bytes : whole_bytes, words);
      assemble(words, 0, a[0]);
      #pragma unroll 1
      for (int stage = 0; stage < stages; ++stage) {
      #pragma unroll
        for (int h = 0; h < 2; ++h) {
          rings.tiles.wait_full();
          const u64 b = describe(base + rings.tiles.slot * kTileBytes);
      #pragma unroll
          for (int i = 0; i < 16; ++i) {
            settle(a[h][i / 4][i % 4]);
          }
          open_group();
      #pragma unroll
          for (int q = 0; q < 4; ++q) {
            multiply(d, a[h][q], b + 2 * q, keep);
            keep = 1;
          }
          close_group();
          rings.tiles.next();
          wait_groups<1>();
          if (stage + h > 0) {
            rings.tiles.release_oldest();
          }
          if (h == 0) {
            assemble(words, 1, a[1]);
          } else if (stage + 1 < stages) {
            next_weights(rings.weights, own, stage + 2 == stages ? last_bytes : whole_bytes, words);
            assemble(words, 0, a[0]);
          }
        }
      }
      wait_groups<0>();
      rings.tiles.release_oldest();
      """;
}
