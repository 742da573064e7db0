package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.bitloom.codegen.ir.WarpgroupIr;

/**
 * Prints a warpgroup kernel as self-contained, header-free CUDA text. Every thread copies its share of each stage of a ring;
 * barriers in shared memory say when a stage has come and when its slot is free, so that warpgroups need not keep step. What the
 * stages say in each slot of this frame comes from one emitter for each stage.
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
    parts.add(ApplyParamsEmitter.emit(ir.apply()));
    parts.add(WarpgroupMultiplyEmitter.emit(ir));
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
    boolean params = ir.params().isPresent();
    return """
        constexpr int kSlotBytes = kCodeBytes%s;  // of one warp and stage
        // The products of the last %s may still read a slot that is to be filled.
        constexpr int kAhead = kStages - %d;  // stages whose copies are under way
        constexpr int kSets = %s;  // cells whose fragments are held: one is decoded while products read the other
        """.formatted(params ? " + kParamBytes" : "", ir.apply().grouped() ? "group" : "stage",
        ir.apply().grouped() ? 1 : 2, ir.apply().grouped()
            ? "kRowTiles * kBatchTiles <= 8 ? 2 : 1"
            : "kRowTiles * kBatchTiles <= 16 ? 2 : 1");
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

      // A slot of the ring, and the parity of the phase of its barriers that is waited for.
      struct Cursor {
        int slot;
        u32 phase;

        __device__ __forceinline__ void next() {
          if (++slot == kStages) {
            slot = 0;
            phase ^= 1;
          }
        }
      };

      __device__ __forceinline__ void clear(float (&v)[kBatchTiles][4]) {
      #pragma unroll
        for (int b = 0; b < kBatchTiles; ++b) {
          v[b][0] = v[b][1] = v[b][2] = v[b][3] = 0;
        }
      }

      """;

  private static String wrappers(List<StagePart> parts) {
    Set<PtxInstruction> used = EnumSet.of(PtxInstruction.SHARED_ADDRESS, PtxInstruction.BARRIER_OBJECTS,
        PtxInstruction.ARRIVE_AFTER_COPIES, PtxInstruction.FENCE_FOR_PRODUCTS, PtxInstruction.DEPENDENT_LAUNCH,
        PtxInstruction.CLEAR_SHARED_16);
    parts.forEach(part -> used.addAll(part.instructions()));
    return used.stream().map(PtxInstruction::wrapper).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String entry(WarpgroupIr ir, List<StagePart> parts) {
    boolean grouped = ir.apply().grouped();
    String body = """
        extern __shared__ __align__(1024) u8 shared[];
        const Place at = place(n, k, m);

        // The ring: activations for the block; codes and group parameters for each warp; for each slot a barrier that counts the
        // threads whose copies have come, and one that counts the warps that have no more use for it.
        const u32 activations = shared_address(shared);
        const u32 slots = activations + kStages * kActivationBytes + (threadIdx.x / 32) * (kStages * kSlotBytes);
        const u32 full = activations + kStages * (kActivationBytes + kThreads / 32 * kSlotBytes);
        const u32 empty = full + 8 * kStages;
        if (threadIdx.x == 0) {
          for (int i = 0; i < kStages; ++i) {
            init_barrier(full + 8 * i, kThreads);
            init_barrier(empty + 8 * i, kThreads / 32);
          }
          publish_barriers();
        }
        __syncthreads();
        %setup%clear_absent_codes(slots, at);
        float acc[kRowTiles][kBatchTiles][4], total[kRowTiles][kBatchTiles][4];
        #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
          clear(acc[r]);
          clear(total[r]);
        }

        // Start the copies of a stage into a slot of the ring.
        const auto start_weights = [&](int stage, int into) {
        %weights2%};
        const auto start_activations = [&](int stage, int into) {
        %activations2%  arrive_after_copies(full + 8 * into);
        };
        // The kernel before this one may still run: what it does not write can be fetched already.
        let_next_kernel_start();
        const int first = min(at.first_stage + kAhead, at.end_stage);
        #pragma unroll 1
        for (int stage = at.first_stage; stage < first; ++stage) {
          start_weights(stage, stage - at.first_stage);
        }
        wait_for_kernel_before();
        #pragma unroll 1
        for (int stage = at.first_stage; stage < first; ++stage) {
          start_activations(stage, stage - at.first_stage);
        }

        u32 sets[kSets][4][4];
        Cursor fill = {kAhead, 1};
        Cursor use = {0, 0};
        for (int stage = at.first_stage; stage < at.end_stage; ++stage) {
          if (stage + kAhead < at.end_stage) {
            wait_phase(empty + 8 * fill.slot, fill.phase);
            start_weights(stage + kAhead, fill.slot);
            start_activations(stage + kAhead, fill.slot);
            fill.next();
          }
          wait_phase(full + 8 * use.slot, use.phase);
          fence_for_products();
          const u32 slot = slots + use.slot * kSlotBytes;
        #pragma unroll
          for (int u = 0; u < kUnitsPerStage; ++u) {
        #pragma unroll
            for (int r = 0; r < kRowTiles; ++r) {
              u32 words[kCodeBits * kCells];
              load_unit(slot, r, u, at.lane, words);
        #pragma unroll
              for (int cell = 0; cell < kCells; ++cell) {
        %cell8%      }
            }
          }
        %release2%  use.next();
        }
        wait_groups<0>();
        %finish%"""
        .replace("%setup%", join(parts, StagePart::setup, ""))
        .replace("%weights2%", Text.indent(2, join(parts, StagePart::weights, "")))
        .replace("%activations2%", Text.indent(2, join(parts, StagePart::activations, "")))
        .replace("%cell8%", Text.indent(8, join(parts, StagePart::cell, "")))
        .replace("%release2%", Text.indent(2, grouped ? RELEASE_THIS : RELEASE_LAST))
        .replace("%finish%", join(parts, StagePart::finish, ""));
    return """
        extern "C" __global__ void __launch_bounds__(kThreads, BLOCKS)
        %s(const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero, const u8* offset,
            const u16* bias, const u16* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
        %s}
        """.formatted(ir.entry(), Text.indent(2, body));
  }

  /** Where groups end with a stage, nothing reads its slot any more. */
  private static final String RELEASE_THIS = """
      __syncwarp();
      if (at.lane == 0) {
        arrive(empty + 8 * use.slot);
      }
      """;

  /** Products of this stage are still under way, those of the stage before are not. */
  private static final String RELEASE_LAST = """
      constexpr int kGroups = kUnitsPerStage * kRowTiles * kCells;
      wait_groups<(kGroups < kSets ? kGroups : kSets)>();
      __syncwarp();
      if (at.lane == 0 && stage > at.first_stage) {
        arrive(empty + 8 * (use.slot == 0 ? kStages - 1 : use.slot - 1));
      }
      """;

  private static String join(List<StagePart> parts, Function<StagePart, String> slot, String separator) {
    return parts.stream().map(slot).filter(text -> !text.isEmpty()).map(text -> text + separator)
        .collect(Collectors.joining());
  }
}
