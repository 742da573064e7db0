package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.bitloom.codegen.ir.WarpgroupIr;

/**
 * Prints a warpgroup kernel as self-contained, header-free CUDA text. Every thread copies its share of each stage of a ring; the
 * block meets once a stage. What the stages say in each slot of this frame comes from one emitter for each stage.
 */
public final class WarpgroupEmitter {
  private WarpgroupEmitter() {
  }

  /**
   * The text of a kernel.
   *
   * @param header a comment that says where the kernel came from
   */
  public static String emit(WarpgroupIr ir, String header) {
    List<StagePart> parts = new ArrayList<>();
    parts.add(WarpgroupCodesEmitter.emit(ir.codes()));
    ir.params().map(StreamParamsEmitter::emit).ifPresent(parts::add);
    parts.add(WarpgroupActivationsEmitter.emit());
    parts.add(UnpackEmitter.emit(ir.unpack()));
    StagePart apply = ApplyParamsEmitter.emit(ir.apply());
    parts.add(apply.finish(""));
    parts.add(WarpgroupMultiplyEmitter.emit(ir));
    parts.add(StagePart.of().finish(apply.finish()));
    parts.add(WarpgroupReduceEmitter.splits());
    parts.add(WarpgroupReduceEmitter.store(ir.store()));
    return header + TYPES + CONSTANTS + join(parts, StagePart::constants, "\n") + ring(ir) + "\n" + wrappers(parts)
        + PLACE + join(parts, StagePart::functions, "\n") + entry(ir, parts);
  }

  private static final String TYPES = """
      typedef unsigned char u8;
      typedef unsigned short u16;
      typedef unsigned int u32;
      typedef unsigned long long u64;

      """;

  private static final String CONSTANTS = """
      // The schedule.
      constexpr int kWarpgroups = WARPGROUPS;             // warpgroups of a block, side by side along n
      constexpr int kRowTiles = ROW_TILES;                // tiles of 64 rows of a warpgroup, of 16 rows of each of its warps
      constexpr int kBatch = BATCH;                       // batch columns of a block
      constexpr int kBatchTiles = kBatch / 8;
      constexpr int kUnitsPerStage = UNITS_PER_STAGE;     // packing units along k of a pipeline stage
      constexpr int kStages = STAGES;                     // slots of the ring
      constexpr int kThreads = 128 * kWarpgroups;
      constexpr int kRows = 64 * kRowTiles * kWarpgroups; // rows of a block, at most

      """;

  private static String ring(WarpgroupIr ir) {
    return """
        constexpr int kSlotBytes = kCodeBytes%s;  // of one warp and stage
        constexpr int kStageCells = kUnitsPerStage * kCells * kRowTiles;  // of a warp
        constexpr int kAhead = kStages - 2;   // stages on their way: products of the stage before may still read its slot
        constexpr int kEarly = kAhead < 2 ? kAhead : 2;  // stages whose weights are fetched before the last kernel has ended
        """
        .formatted(ir.params().isPresent() ? " + kParamBytes" : "");
  }

  private static final String PLACE = """
      // What a warp works on.
      struct Place {
        int lane, warp, warpgroup;   // the warp of its warpgroup
        int tiles, units;            // of 16 rows, of kUnitK features: of the whole matrix
        int first_tile, row_tiles;   // row tiles of this block, 64 rows each; warpgroups take turns
        int first_column, columns;   // batch columns of this block
        int first_stage, end_stage;  // stages of this block along k

        // Whether this warpgroup has a row tile number r.
        __device__ __forceinline__ bool has(int r) const { return r * kWarpgroups + warpgroup < row_tiles; }

        __device__ __forceinline__ int first_row(int r) const { return ((first_tile + r * kWarpgroups + warpgroup) * 4 + warp) * 16; }

        // Tile of 16 rows of this warp in row tile r; past the end the last one, whose results are not stored.
        __device__ __forceinline__ int tile(int r) const { return min(first_row(r) / 16, tiles - 1); }
      };

      __device__ __forceinline__ Place place(int n, int k, int m) {
        Place at;
        at.lane = threadIdx.x % 32;
        at.warp = threadIdx.x / 32 % 4;
        at.warpgroup = threadIdx.x / 128;
        at.tiles = (n + 15) / 16;
        at.units = (k + kUnitK - 1) / kUnitK;
        const u64 row_tiles = (n + 63) / 64;
        at.first_tile = static_cast<int>(row_tiles * blockIdx.x / gridDim.x);
        at.row_tiles = static_cast<int>(row_tiles * (blockIdx.x + 1) / gridDim.x) - at.first_tile;
        at.first_column = blockIdx.z * kBatch;
        at.columns = min(m - at.first_column, kBatch);
        const u64 stages = (at.units + kUnitsPerStage - 1) / kUnitsPerStage;
        at.first_stage = static_cast<int>(stages * blockIdx.y / gridDim.y);
        at.end_stage = static_cast<int>(stages * (blockIdx.y + 1) / gridDim.y);
        return at;
      }

      // Two numbers for the rows g and g + 8 that a lane accumulates.
      struct Pair {
        float low, high;
      };

      __device__ __forceinline__ void clear(float (&v)[kBatchTiles][4]) {
      #pragma unroll
        for (int b = 0; b < kBatchTiles; ++b) {
          v[b][0] = v[b][1] = v[b][2] = v[b][3] = 0;
        }
      }

      """;

  private static String wrappers(List<StagePart> parts) {
    Set<PtxInstruction> used = EnumSet.of(PtxInstruction.SHARED_ADDRESS, PtxInstruction.COMMIT_COPIES,
        PtxInstruction.WAIT_COPIES, PtxInstruction.FENCE_FOR_PRODUCTS, PtxInstruction.DEPENDENT_LAUNCH,
        PtxInstruction.CLEAR_SHARED_16);
    parts.forEach(part -> used.addAll(part.instructions()));
    return used.stream().map(PtxInstruction::wrapper).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String entry(WarpgroupIr ir, List<StagePart> parts) {
    String body = """
        extern __shared__ __align__(1024) u8 shared[];
        const Place at = place(n, k, m);
        %setup%
        // Rings of pipeline stages: activations for the block, codes and group parameters for each warp.
        const u32 activations = shared_address(shared);
        const u32 slots = activations + kStages * kActivationBytes + (threadIdx.x / 32) * (kStages * kSlotBytes);
        clear_absent_codes(slots, at);
        float acc[kSums][kBatchTiles][4], total[kRowTiles][kBatchTiles][4];
        #pragma unroll
        for (int i = 0; i < kSums; ++i) {
          clear(acc[i]);
        }
        #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
          clear(total[r]);
        }

        // Start the copies of a stage into a slot of the ring.
        const auto start_weights = [&](int stage, int into) {
          if (stage < at.end_stage) {
        %weights4%  }
        };
        const auto start_activations = [&](int stage, int into) {
          if (stage < at.end_stage) {
        %activations4%  }
          commit_copies();
        };
        // The kernel before this one may still run: what it does not write can be fetched already.
        let_next_kernel_start();
        #pragma unroll
        for (int into = 0; into < kEarly; ++into) {
          start_weights(at.first_stage + into, into);
        }
        wait_for_kernel_before();
        #pragma unroll
        for (int into = 0; into < kAhead; ++into) {
          if (into >= kEarly) {
            start_weights(at.first_stage + into, into);
          }
          start_activations(at.first_stage + into, into);
        }

        u32 sets[kSets][4][4];
        int current = 0;
        int into = kAhead;
        for (int stage = at.first_stage; stage < at.end_stage; ++stage) {
          wait_copies<kAhead - 1>();
          fence_for_products();
          __syncthreads();
          start_weights(stage + kAhead, into);
          start_activations(stage + kAhead, into);

          const u32 slot = slots + current * kSlotBytes;
        #pragma unroll
          for (int block = 0; block < kStageK / kBlockK; ++block) {
        #pragma unroll
            for (int r = 0; r < kRowTiles; ++r) {
        #pragma unroll
              for (int u = block * kBlockK / kUnitK; u < (block + 1) * kBlockK / kUnitK; ++u) {
                u32 words[kCodeBits * kCells];
                load_unit(slot, r, u, at.lane, words);
        #pragma unroll
                for (int cell = 0; cell < kCells; ++cell) {
        %cell10%        }
              }
            }
          }
          wait_groups<kStageCells < kSets ? kStageCells : kSets>();  // products of the stage before are done
          current = current + 1 == kStages ? 0 : current + 1;
          into = into + 1 == kStages ? 0 : into + 1;
        }
        wait_groups<0>();
        %finish%"""
        .replace("%setup%", join(parts, StagePart::setup, ""))
        .replace("%weights4%", Text.indent(4, join(parts, StagePart::weights, "")))
        .replace("%activations4%", Text.indent(4, join(parts, StagePart::activations, "")))
        .replace("%cell10%", Text.indent(10, join(parts, StagePart::cell, "")))
        .replace("%finish%", join(parts, StagePart::finish, ""));
    return """
        extern "C" __global__ void __launch_bounds__(kThreads, BLOCKS)
        %s(const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero, const u8* offset,
            const u16* bias, const u16* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
        %s}
        """.formatted(ir.entry(), Text.indent(2, body));
  }

  private static String join(List<StagePart> parts, Function<StagePart, String> slot, String separator) {
    return parts.stream().map(slot).filter(text -> !text.isEmpty()).map(text -> text + separator)
        .collect(Collectors.joining());
  }
}
