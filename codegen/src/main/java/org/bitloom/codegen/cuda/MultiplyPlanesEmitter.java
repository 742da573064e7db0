package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;

/** Emits the products of all pairs of planes. */
final class MultiplyPlanesEmitter {
  /** The most columns that one set of accumulators has. */
  private static final int WIDEST = 128;
  /** Pairs of planes whose last tiles are halved: with more, bytes are faster, and with fewer a tile takes too little time. */
  private static final int HALVED_PAIRS = 4;

  private MultiplyPlanesEmitter() {
  }

  static RingPart emit(IntegerStage.MultiplyPlanes stage) {
    return RingPart.empty()
        .constants(choice(StaggeredPlanesText.CONSTANTS, CONSTANTS) + SLOTS)
        .functions(WarpgroupText.wrapper(stage.atom(), 16, WIDEST) + FUNCTIONS)
        .fill(halves(stage) ? HALVING_FILL : FILL)
        .multiply(PREPARE + MULTIPLY + LEAVE)
        .staggered(halves(stage) ? StaggeredPlanesText.HALVED_LOOP : StaggeredPlanesText.LOOP);
  }

  /** Whether tiles that do not fill a round of blocks are halved. */
  static boolean halves(IntegerStage.MultiplyPlanes stage) {
    return stage.weightPlanes() * stage.activationPlanes() == HALVED_PAIRS;
  }

  /** Tiles of 256 columns are staggered, others are not. */
  private static String choice(String staggered, String whole) {
    return "#if BATCH == 256\n" + staggered + "#else\n" + whole + "#endif\n";
  }

  private static final String CONSTANTS = """
      constexpr int kColumns = kBatch;
      constexpr int kTokenBuffers = 1;
      constexpr int kLeastChunks = 1;
      """;

  private static final String SLOTS = """
      constexpr int kSlotBytes = kTileBytes + kPlaneBytes;
      constexpr int kRingBytes = kStages * kSlotBytes;
      """;

  private static final String FILL = """
      const int chunks = chunks_of(in);
      const int steps = kWeightPlanes * kActivationPlanes * chunks;
      Steps ahead;
      for (int step = 0; step < steps; ++step) {
        const int units = max(0, min(kStageUnits, in.units - ahead.chunk * kStageUnits));
        const u32 slot = base + rings.stages.slot * kSlotBytes;
        const u32 arrival = rings.stages.arrival();
        rings.stages.wait_empty();
        if (first) {
          arrive_and_expect(arrival, kTileBytes + kUnitBytes * units * strips_of(in, row));
          copy_tile(in, slot, slab_of(in, ahead.chunk), ahead.s - ahead.i, column, kTileBytes, arrival);
        }
        __syncwarp();
        copy_weights(in, slot + kTileBytes, ahead.i, row, ahead.chunk * kStageUnits, units, arrival, copier);
        rings.stages.next();
        ahead.next(chunks);
      }
      """;

  private static final String HALVING_FILL = "const int tile_bytes = tiles.is_half(t) ? kTileBytes / 2 : kTileBytes;\n"
      + FILL.replace("kTileBytes + kUnitBytes", "tile_bytes + kUnitBytes")
          .replace("kTileBytes, arrival", "tile_bytes, arrival");

  /** All results of a tile leave. */
  static final String LEAVE = """
      const Exit leaving = exit();
      #pragma unroll
      for (int first = 0; first < kBatch; first += kStagedColumns) {
        leave(d, first / 8, first, leaving, staged, y, n, m);
      }
      """;

  private static final String FUNCTIONS = """

      struct Rings {
        Ring<kStages> stages;

        __device__ __forceinline__ explicit Rings(u32 barriers) : stages(barriers) {}
        __device__ __forceinline__ void init() const { stages.init(); }
      };

      // Pairs of planes i and s - i of equal weight 2^s, the highest first, each along all of k.
      struct Steps {
        int s, i, chunk;

        __device__ __forceinline__ Steps() : s(kWeightPlanes + kActivationPlanes - 2), i(kWeightPlanes - 1), chunk(0) {}

        __device__ __forceinline__ void next(int chunks) {
          if (++chunk == chunks) {
            chunk = 0;
            if (--i < 0 || s - i >= kActivationPlanes) {
              i = min(--s, kWeightPlanes - 1);
            }
          }
        }
      };

      // Stages along k of one plane.
      __device__ __forceinline__ int chunks_of(const Operands& in) {
        return max(kLeastChunks, (in.units + kStageUnits - 1) / kStageUnits);
      }

      // The slab of activations of a stage; stages beyond k, whose weights are zeros, take the last one.
      __device__ __forceinline__ int slab_of(const Operands& in, int chunk) {
        return min(chunk, (in.units + kStageUnits - 1) / kStageUnits - 1);
      }

      // How many steps of the same weight 2^s are left.
      struct Levels {
        int s, left, chunks;

        __device__ __forceinline__ explicit Levels(int chunks)
            : s(kWeightPlanes + kActivationPlanes - 2), left(chunks), chunks(chunks) {}

        // Counts a step; whether sums double before it.
        __device__ __forceinline__ bool lower() {
          if (kWeightPlanes * kActivationPlanes == 1 || left-- > 0) {
            return false;
          }
          --s;
          left = (min(s, kWeightPlanes - 1) - max(0, s - kActivationPlanes + 1) + 1) * chunks - 1;
          return true;
        }
      };

      // The weights of this warp in a stage; what k does not fill counts nothing.
      __device__ __forceinline__ void load_stage(u32 from, int units, u32 (&a)[kStageUnits][4]) {
      #pragma unroll
        for (int q = 0; q < kStageUnits; ++q) {
          if (q < units) {
            load_plane(from + kUnitBytes * q, a[q]);
          } else {
            a[q][0] = a[q][1] = a[q][2] = a[q][3] = 0;
          }
        }
      }

      // Starts the products of a stage.
      __device__ __forceinline__ void issue(u32 (&d)[kColumns / 2], u32 (&a)[kStageUnits][4], u32 activations, int& keep) {
        const u64 b = describe(activations);
      #pragma unroll
        for (int i = 0; i < 4 * kStageUnits; ++i) {
          settle(a[i / 4][i % 4]);
        }
        open_group();
      #pragma unroll
        for (int q = 0; q < kStageUnits; ++q) {
          multiply(d, a[q], b + 2 * q, keep);
          keep = 1;
        }
        close_group();
      }

      __device__ __forceinline__ void double_sums(u32 (&d)[kColumns / 2]) {
      #pragma unroll
        for (int i = 0; i < kColumns / 2; ++i) {
          d[i] += d[i];
          settle(d[i]);
        }
      }
      """;

  private static final String PREPARE = """
      const bool present = row / 16 + warp % 4 < in.strips;
      const int chunks = chunks_of(in);
      const int last_units = present ? in.units - (chunks - 1) * kStageUnits : 0;
      const int whole_units = present ? kStageUnits : 0;
      const int steps = kWeightPlanes * kActivationPlanes * chunks;
      """;

  private static final String MULTIPLY = """
      const u32 own = base + kTileBytes + (4 * group + warp % 4) * kStripBytes + 16 * lane;
      int chunk = 0;
      // The weights of the next stage.
      const auto fetch = [&](u32 (&to)[kStageUnits][4]) {
        chunk = chunk + 1 == chunks ? 0 : chunk + 1;
        rings.stages.wait_full();
        load_stage(own + rings.stages.slot * kSlotBytes, chunk == 0 ? last_units : whole_units, to);
      };
      u32 d[kBatch / 2];
      u32 a[2][kStageUnits][4];
      Levels level(chunks);
      int keep = 0;
      fetch(a[0]);
      #pragma unroll 1
      for (int step = 0; step < steps; step += 2) {
      #pragma unroll
        for (int half = 0; half < 2; ++half) {
          if (step + half == steps) {
            break;
          }
          if (level.lower()) {
            wait_groups<0>();
            double_sums(d);
          }
          issue(d, a[half], base + rings.stages.slot * kSlotBytes, keep);
          rings.stages.next();
          wait_groups<1>();
          if (step + half > 0) {
            rings.stages.release_oldest();
          }
          if (step + half + 1 < steps) {
            fetch(a[half ^ 1]);
          }
        }
      }
      wait_groups<0>();
      rings.stages.release_oldest();
      """;
}
