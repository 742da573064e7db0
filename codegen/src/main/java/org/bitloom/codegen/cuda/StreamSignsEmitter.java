package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;

import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16_PREFETCHED;
import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16_STREAMED;
import static org.bitloom.codegen.cuda.PtxInstruction.EVICT_FIRST;

/** Emits the stream of sign planes and of the parameters that belong to them. */
final class StreamSignsEmitter {
  private StreamSignsEmitter() {
  }

  /** Text that says how many planes are read, unless the compiler is told. */
  static String planes(SignStage.StreamSigns stage) {
    return """
        // Sign planes that are read, the first ones of the weights.
        #ifndef PLANES
        #define PLANES %s
        #endif

        """.formatted(stage.planes());
  }

  /** How parameters lie to packing units. */
  static String groups(SignStage.StreamSigns stage) {
    int features = stage.groups().features();
    return """
        __device__ __forceinline__ int parameter_groups(int k) {
          return %s;
        }
        // Of one plane of parameters.
        __device__ __forceinline__ u64 parameter_bytes(u64 tiles, int groups) {
          return (tiles * groups * 32 + 255) / 256 * 256;
        }
        // The first group of a unit.
        __device__ __forceinline__ int first_group(int unit) {
          return %s;
        }
        """.formatted(features == 0 ? "1" : "(k + %1$s - 1) / %1$s".formatted(features),
        features == 0 ? "0" : features > 256 ? "unit / " + features / 256 : "unit * kUnitGroups");
  }

  /** In which order a warp goes through its units. */
  enum Order {
    /** Where activations are prepared. */
    WINDOW_BY_WINDOW,
    /** Where activations are copied along with the weights. */
    BLOCK_BY_BLOCK,
    /** Units are counted through all blocks of rows, so that warps have as many of them as each other. */
    THROUGH_BLOCKS
  }

  static StagePart emit(SignStage.StreamSigns stage, Order order) {
    boolean throughBlocks = order == Order.THROUGH_BLOCKS;
    return StagePart.of(throughBlocks ? COPY_16_PREFETCHED : COPY_16_STREAMED, EVICT_FIRST)
        .constants(
            """
                // Sign planes: codes[plane][n/16][k/kUnitK][32 lanes][4 cells] of 4 bytes; parameters [plane][n/16][groups][8][2] f16.
                constexpr int kParameterPlanes = kPlanes + %s;       // scales, then the offset
                constexpr int kUnitGroups = %s;                     // groups of parameters of a unit
                constexpr int kFlushCells = %s;                     // cells between two applications of scales
                constexpr int kFlushes = 4 / kFlushCells;
                constexpr int kCodeBytes = kRowTiles * kPlanes * 512;
                constexpr int kParameterChunks = 2 * kUnitGroups * kParameterPlanes * kRowTiles;  // of 16 bytes
                constexpr int kSlotBytes = kCodeBytes + ((kParameterChunks * 16 + 127) & ~127);   // of one warp and stage

                """
                .formatted(stage.offsets(), stage.groups().perUnit(), stage.groups().flushCells()) + groups(stage))
        .functions((throughBlocks ? prefetched(RING) : RING)
            + switch (order) {
              case WINDOW_BY_WINDOW -> WINDOW_BY_WINDOW;
              case BLOCK_BY_BLOCK -> BLOCK_BY_BLOCK;
              case THROUGH_BLOCKS -> THROUGH_BLOCKS;
            }
            + """
                // The same address, in registers: the compiler cannot compute it again wherever it is used.
                __device__ __forceinline__ const u8* pinned_address(const u8* p) {
                  const u64 v = reinterpret_cast<u64>(p);
                  return reinterpret_cast<const u8*>(static_cast<u64>(pinned(static_cast<u32>(v >> 32))) << 32 | pinned(static_cast<u32>(v)));
                }

                __device__ __forceinline__ Ring open_ring(const u8* codes, const u8* scale, const u8* offset, u32 memory, const Place& at) {
                  const u64 tiles = at.tiles;
                  Ring ring = {{}, scale, offset, parameter_bytes(tiles, at.groups),
                               evict_first_policy(), pinned(memory + (at.warp_k * kWarpsN + at.warp_n) * (kStages * kSlotBytes)),
                               at.first_unit, at.first_block, at.first_unit + at.warp_k, 0, kStages - 1, 0};
                #pragma unroll
                  for (int p = 0; p < kPlanes; ++p) {
                    ring.planes[p] = pinned_address(codes + p * tiles * at.units * 512 + at.lane * 16);
                  }
                  ring.enter_block(at);
                %s  return ring;
                }

                // The parameters of rows g and g + 8 of tile r in one plane, two f16, for the features of one flush.
                __device__ __forceinline__ u32 parameters(u32 slot, int r, int plane, int flush, int g) {
                  const int group = flush * kUnitGroups / kFlushes;
                  return load_shared(slot + kCodeBytes + ((r * kParameterPlanes + plane) * kUnitGroups + group) * 32 + g * 4);
                }
                __device__ __forceinline__ float low_f32(u32 pair) {
                  return f16_to_f32(static_cast<u16>(pair));
                }
                __device__ __forceinline__ float high_f32(u32 pair) {
                  return f16_to_f32(static_cast<u16>(pair >> 16));
                }
                """
                .formatted(throughBlocks ? "  ring.find_unit(at);\n" : ""));
  }

  /** Copies that bring their surroundings to L2: parameters lie in parts of 64 bytes. */
  private static String prefetched(String text) {
    return text.replace("copy_16_streamed(", "copy_16_prefetched(").replace(", 16, policy)", ", policy)");
  }

  private static final String RING = """
      constexpr int kParameterCopies = (kParameterChunks + 31) / 32;  // of a lane

      // This warp's stages in flight: which comes next, where it goes, and which is to be worked on.
      struct Ring {
        const u8 *planes[kPlanes], *scale, *offset;  // planes: this lane's bytes of the first unit of all
        u64 scale_bytes, policy;
        u32 slots;
        int window, block, unit;
        int current, into, parity;
        // What this lane copies in the block: the number of the first unit of each tile in a plane, and its parameters.
        u32 packs[kRowTiles];
        const u8* row_parameters[kParameterCopies];

        __device__ __forceinline__ void enter_block(const Place& at) {
          const int tile = min((block * kWarpsN + at.warp_n) * kRowTiles, at.tiles - 1);
          const u32 tiles_left = at.tiles - 1 - tile;
      #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
            packs[r] = (tile + min(static_cast<u32>(r), tiles_left)) * at.units;
          }
      #pragma unroll
          for (int i = 0; i < kParameterCopies; ++i) {
            const int chunk = i * 32 + at.lane;
            const int plane = chunk / (2 * kUnitGroups) % kParameterPlanes;
            const u64 row = tile + min(static_cast<u32>(chunk / (2 * kUnitGroups * kParameterPlanes)), tiles_left);
            row_parameters[i] = (plane < kPlanes ? scale + plane * scale_bytes : offset) + row * at.groups * 32 + chunk % 2 * 16;
          }
        }

        // Starts the copies of one unit of kRowTiles tiles, all planes and parameters.
        __device__ __forceinline__ void start(const Place& at, u32 to) const {
      #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
      #pragma unroll
            for (int p = 0; p < kPlanes; ++p) {
              copy_16_streamed(to + (r * kPlanes + p) * 512 + at.lane * 16, planes[p] + static_cast<u64>(packs[r] + unit) * 512, 16, policy);
            }
          }
      #pragma unroll
          for (int i = 0; i < kParameterCopies; ++i) {
            const int chunk = i * 32 + at.lane;
            const int group = min(first_group(unit) + chunk / 2 % kUnitGroups, at.groups - 1);
            if (kParameterChunks % 32 == 0 || chunk < kParameterChunks) {
              copy_16_streamed(to + kCodeBytes + chunk * 16, row_parameters[i] + static_cast<u64>(static_cast<u32>(group)) * 32, 16, policy);
            }
          }
        }

      """;

  private static final String WINDOW_BY_WINDOW = """
        // Starts the copies of the next stage: window by window, in each block by block, in each unit by unit.
        __device__ __forceinline__ void fetch(const Place& at, int slot) {
          if (window < at.end_unit) {
            const int window_end = min(window + at.window, at.end_unit);
            if (unit < window_end) {
              start(at, slots + slot * kSlotBytes);
            }
            unit += kWarpsK;
            if (unit >= window_end) {
              if (++block == at.end_block) {
                block = at.first_block;
                window += at.window;
              }
              unit = window + at.warp_k;
              enter_block(at);
            }
          }
          commit_copies();
        }
      };

      """;

  private static final String BLOCK_BY_BLOCK = """
        // Starts the copies of the next stage, or a part of them: block by block, in each unit by unit. A warp without a unit has
        // nothing to copy.
        Copies copies;
        template <bool Weights = true, bool Activations = true>
        __device__ __forceinline__ void fetch(const Place& at, int slot) {
          if (unit < at.end_unit) {
            if (Weights) {
              start(at, slots + slot * kSlotBytes);
            }
            if (Activations) {
              stream_activations(copies, at, unit, slot);
            }
            unit += kWarpsK;
            if (unit >= at.end_unit && ++block < at.end_block) {
              unit = at.first_unit + at.warp_k;
              enter_block(at);
            }
          }
          if (Activations) {
            commit_copies();
          }
        }
      };

      """;

  private static final String THROUGH_BLOCKS = """
        // Goes on to the block of the next unit: units are counted through all blocks of a window, then of the one after.
        __device__ __forceinline__ void find_unit(const Place& at) {
          while (window < at.end_unit && unit >= min(window + at.window, at.end_unit)) {
            unit -= min(at.window, at.end_unit - window);
            if (++block == at.end_block) {
              block = at.first_block;
              window += at.window;
              unit = window + at.warp_k;
            }
            enter_block(at);
          }
        }

        // Starts the copies of the next stage.
        __device__ __forceinline__ void fetch(const Place& at, int slot) {
          if (window < at.end_unit) {
            start(at, slots + slot * kSlotBytes);
            unit += kWarpsK;
            find_unit(at);
          }
          commit_copies();
        }
      };

      """;
}
