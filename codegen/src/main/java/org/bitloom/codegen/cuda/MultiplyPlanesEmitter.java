package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;

/** Emits the products of all pairs of planes. */
final class MultiplyPlanesEmitter {
  private MultiplyPlanesEmitter() {
  }

  static RingPart emit(IntegerStage.MultiplyPlanes stage) {
    return RingPart.of(PtxInstruction.WARPGROUP_ORDER)
        .constants("""
            constexpr int kSlotBytes = kTileBytes + kPlaneBytes;
            constexpr int kRingBytes = kStages * kSlotBytes;
            """)
        .functions(WarpgroupText.wrapper(stage.atom()) + FUNCTIONS)
        .fill(FILL)
        .multiply(MULTIPLY);
  }

  private static final String FUNCTIONS = """

      struct Rings {
        Ring<kStages> stages;

        __device__ __forceinline__ explicit Rings(u32 barriers) : stages(barriers) {}
        __device__ __forceinline__ void init() const { stages.init(); }
      };

      // The weights of this warp in a stage; what k does not fill counts nothing.
      __device__ __forceinline__ void load_stage(u32 from, int units, u32 (&a)[kStageUnits][4]) {
      #pragma unroll
        for (int q = 0; q < kStageUnits; ++q) {
          if (q < units) {
            load_plane(from + 512 * q, a[q]);
          } else {
            a[q][0] = a[q][1] = a[q][2] = a[q][3] = 0;
          }
        }
      }
      """;

  private static final String FILL = """
      for (int s = kWeightPlanes + kActivationPlanes - 2; s >= 0; --s) {
        for (int i = min(s, kWeightPlanes - 1); i >= 0 && s - i < kActivationPlanes; --i) {
          for (int unit = 0; unit < in.units; unit += kStageUnits) {
            const int units = min(kStageUnits, in.units - unit);
            const u32 slot = base + rings.stages.slot * kSlotBytes;
            const u32 arrival = rings.stages.arrival();
            rings.stages.wait_empty();
            if (first) {
              arrive_and_expect(arrival, kTileBytes + 512 * units * strips_of(in, row));
              copy_tile(in, slot, unit / kStageUnits, s - i, column, arrival);
            }
            __syncwarp();
            copy_weights(in, slot + kTileBytes, i, row, unit, units, arrival, copier);
            rings.stages.next();
          }
        }
      }
      """;

  private static final String MULTIPLY = """
      const bool present = row / 16 + warp % 4 < in.strips;
      const u32 own = base + kTileBytes + (4 * group + warp % 4) * kStripBytes + 16 * lane;
      const int chunks = (in.units + kStageUnits - 1) / kStageUnits;
      const int last_units = present ? in.units - (chunks - 1) * kStageUnits : 0;
      const int whole_units = present ? kStageUnits : 0;
      int keep = 0;
      #pragma unroll 1
      for (int s = kWeightPlanes + kActivationPlanes - 2; s >= 0; --s) {
        const int pairs = min(s, kWeightPlanes - 1) - max(0, s - kActivationPlanes + 1) + 1;
        u32 a[2][kStageUnits][4];
        int chunk = 0;
        int used = -1;
        rings.stages.wait_full();
        load_stage(own + rings.stages.slot * kSlotBytes, chunks == 1 ? last_units : whole_units, a[0]);
      #pragma unroll 1
        for (int step = 0; step < pairs * chunks; step += 2) {
      #pragma unroll
          for (int half = 0; half < 2; ++half) {
            if (step + half == pairs * chunks) {
              break;
            }
            const u64 b = describe(base + rings.stages.slot * kSlotBytes);
      #pragma unroll
            for (int i = 0; i < 4 * kStageUnits; ++i) {
              settle(a[half][i / 4][i % 4]);
            }
            open_group();
      #pragma unroll
            for (int q = 0; q < kStageUnits; ++q) {
              multiply(d, a[half][q], b + 2 * q, keep);
              keep = 1;
            }
            close_group();
            const int current = rings.stages.slot;
            rings.stages.next();
            wait_groups<1>();
            if (used >= 0 && lane == 0) {
              rings.stages.release(used);
            }
            used = current;
            chunk = chunk + 1 == chunks ? 0 : chunk + 1;
            if (step + half + 1 < pairs * chunks) {
              rings.stages.wait_full();
              load_stage(own + rings.stages.slot * kSlotBytes, chunk + 1 == chunks ? last_units : whole_units, a[half ^ 1]);
            }
          }
        }
        wait_groups<0>();
        if (lane == 0) {
          rings.stages.release(used);
        }
        if (s > 0) {
      #pragma unroll
          for (int i = 0; i < kBatch / 2; ++i) {
            d[i] += d[i];
            settle(d[i]);
          }
        }
      }
      """;
}
