package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.bitloom.codegen.ir.WarpgroupIr;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.codegen.target.WarpgroupAtom;
import org.bitloom.runtime.api.DequantWgmmaSpace;

import static org.bitloom.codegen.cuda.Text.TYPES;
import static org.bitloom.codegen.cuda.Text.WRAPPERS;

/**
 * Prints a warpgroup kernel as self-contained, header-free CUDA text. One warpgroup copies stages into a ring, the others multiply
 * what it brings, each at its own pace; barriers in shared memory say which slots are filled and which are free again. What the
 * stages say in each slot of this frame comes from one emitter for each stage.
 */
public final class WarpgroupEmitter {
  private static final int CELL_K = 64;

  private WarpgroupEmitter() {
  }

  /**
   * The text of a kernel.
   *
   * @param header a comment that says where the kernel came from
   */
  public static String emit(WarpgroupIr ir, String header) {
    Weights weights = switch (ir.weights()) {
      case WarpgroupIr.Decoded decoded -> decoded(decoded, ir.multiply().atom());
      case WarpgroupIr.LookedUp looked -> lookedUp(looked, ir.multiply().atom());
    };
    List<StagePart> copying = new ArrayList<>(weights.copying());
    copying.add(WarpgroupActivationsEmitter.emit());
    StagePart splits = WarpgroupReduceEmitter.splits();
    StagePart store = WarpgroupReduceEmitter.store(ir.store());
    List<StagePart> working = Stream.concat(weights.working(), Stream.of(splits, store)).toList();
    List<StagePart> parts = Stream.concat(copying.stream(), working.stream()).toList();
    return Definitions
        .used(header + TYPES + weights.macros() + CONSTANTS.replace("COPY_REGISTERS", weights.copyRegisters())
            + join(copying, StagePart::constants, "\n") + ring(weights)
            + join(working, StagePart::constants, "\n") + "\n" + WRAPPERS + PLACE
            + join(parts, StagePart::functions, "\n") + entry(ir.entry(), weights, copying, splits, store));
  }

  /**
   * What the frame needs to know about weights.
   *
   * @param macros of the compiler, with what they are if it is told nothing
   * @param copying parts that copy them
   * @param making parts that make operands of them, and totals of what those add up to
   * @param multiply works on a stage
   * @param parameters whether numbers of groups travel with them
   * @param early stages that are fetched before the kernel before has ended; the first activations come behind them
   * @param common text for all threads, before some of them copy
   */
  private record Weights(String macros, String copyRegisters, List<StagePart> copying, List<StagePart> making,
      StagePart multiply, boolean parameters, String early, String common) {
    Stream<StagePart> working() {
      return Stream.concat(making.stream(), Stream.of(multiply));
    }
  }

  private static Weights decoded(WarpgroupIr.Decoded ir, WarpgroupAtom atom) {
    StagePart unpack = UnpackEmitter.emit(ir.unpack());
    boolean table = ir.unpack().decode() instanceof Decode.Lookup;
    List<StagePart> copying = new ArrayList<>();
    copying.add(WarpgroupCodesEmitter.emit(ir.codes()));
    ir.params().map(WarpgroupParamsEmitter::emit).ifPresent(copying::add);
    return new Weights("", copyRegisters(ir), copying, List.of(table ? unpack.setup("") : unpack,
        ApplyParamsEmitter.emit(ir.apply())), WarpgroupMultiplyEmitter.emit(ir, atom), ir.params().isPresent(), "2",
        table ? unpack.setup() : "");
  }

  private static Weights lookedUp(WarpgroupIr.LookedUp ir, WarpgroupAtom atom) {
    return new Weights(StreamSignsEmitter.planes(ir.signs()),
        "kRowTiles > 2 || kBatch > 64 ? %s : %s".formatted(DequantWgmmaSpace.SIGN_COPY_REGISTERS,
            DequantWgmmaSpace.COPY_REGISTERS),
        List.of(WarpgroupSignsEmitter.emit(ir.signs())), List.of(), WarpgroupLevelsEmitter.emit(ir, atom), true,
        "kBatch > 16 ? 1 : 2", "");
  }

  private static final String CONSTANTS = """
      // The schedule.
      constexpr int kWarpgroups = WARPGROUPS;             // warpgroups of a block, side by side along n
      constexpr int kRowTiles = ROW_TILES;                // tiles of 64 rows of a warpgroup, of 16 rows of each of its warps
      constexpr int kBatch = BATCH;                       // batch columns of a block
      constexpr int kBatchTiles = kBatch / 8;
      constexpr int kUnitsPerStage = UNITS_PER_STAGE;     // packing units along k of a pipeline stage
      constexpr int kStages = STAGES;                     // slots of the ring
      constexpr int kSplit = SPLIT;                       // blocks that share the k of their rows: a cluster, which goes one pass
      constexpr int kThreads = 128 * (kWarpgroups + 1);   // the last warpgroup copies for the others

      // Registers of a thread: what it starts with, what it copies with, and what those that multiply get of the difference.
      constexpr int kStartRegisters = 65536 / BLOCKS / kThreads < %1$s ? 65536 / BLOCKS / kThreads / 8 * 8 : %1$s;
      constexpr int kCopyRegisters = COPY_REGISTERS;
      constexpr int kEvenShare = (kStartRegisters * (kWarpgroups + 1) - kCopyRegisters) / kWarpgroups / 8 * 8;
      constexpr int kMultiplyRegisters = kEvenShare < %2$s ? kEvenShare : %2$s;

      """
      .formatted(DequantWgmmaSpace.MAX_START_REGISTERS, DequantWgmmaSpace.MAX_REGISTERS);

  /** With two row tiles of 64 columns each, a second set of fragments needs registers that the copying warpgroup can spare. */
  private static String copyRegisters(WarpgroupIr.Decoded ir) {
    boolean whole = ir.grouped().stream().allMatch(plane -> plane.groupSize() >= CELL_K);
    return "kRowTiles > 2 ? %s : ".formatted(DequantWgmmaSpace.TALL_COPY_REGISTERS)
        + (ir.apply().grouped() && whole
            ? "kWarpgroups == 2 && kRowTiles == 2 && kBatch == 64 ? %s : "
                .formatted(DequantWgmmaSpace.LEAN_COPY_REGISTERS)
            : "")
        + DequantWgmmaSpace.COPY_REGISTERS;
  }

  private static String ring(Weights weights) {
    return """
        constexpr int kSlotBytes = kCodeBytes%s;  // of one warp and stage
        constexpr int kEarly = %s;             // stages whose weights are fetched before the last kernel has ended
        """
        .formatted(weights.parameters() ? " + kParamBytes" : "", weights.early());
  }

  private static final String PLACE = """
      // What a warp works on.
      struct Place {
        int lane, warp, warpgroup;   // the warp of its warpgroup
        int tiles, units;            // of 16 rows, of kUnitK features: of the whole matrix
        int first_tile, row_tiles;   // row tiles that are left to this block, 64 rows each; warpgroups take turns
        int first_column, columns;   // batch columns of this block
        int first_stage, end_stage;  // stages of this block along k

        // Whether this warpgroup has a row tile number r.
        __device__ __forceinline__ bool has(int r) const { return r * kWarpgroups + warpgroup < row_tiles; }

        __device__ __forceinline__ int first_row(int r) const { return ((first_tile + r * kWarpgroups + warpgroup) * 4 + warp) * 16; }

        // Tile of 16 rows of this warp in row tile r; past the end the last one, whose results are not stored.
        __device__ __forceinline__ int tile(int r) const { return min(first_row(r) / 16, tiles - 1); }

        // To the row tiles of the next pass.
        __device__ __forceinline__ void advance() {
          first_tile += kWarpgroups * kRowTiles;
          row_tiles -= kWarpgroups * kRowTiles;
        }
      };

      __device__ __forceinline__ Place place(int n, int k, int m) {
        Place at;
        at.lane = threadIdx.x % 32;
        const int warp = __shfl_sync(0xffffffffu, threadIdx.x / 32, 0);  // the compiler cannot know that lanes agree
        at.warp = warp % 4;
        at.warpgroup = warp / 4;
        at.tiles = (n + 15) / 16;
        at.units = (k + kUnitK - 1) / kUnitK;
        const u64 row_tiles = (n + 63) / 64;
        at.first_tile = static_cast<int>(row_tiles * blockIdx.x / gridDim.x);
        at.row_tiles = static_cast<int>(row_tiles * (blockIdx.x + 1) / gridDim.x) - at.first_tile;
        at.first_column = blockIdx.z * kBatch;
        at.columns = min(m - at.first_column, kBatch);
        const u64 stages = (at.units + kUnitsPerStage - 1) / kUnitsPerStage;
        at.first_stage = kSplit > 1 ? static_cast<int>(stages * blockIdx.y / kSplit) : 0;
        at.end_stage = kSplit > 1 ? static_cast<int>(stages * (blockIdx.y + 1) / kSplit) : stages;
        return at;
      }

      // A slot of the ring, and whether its barriers are in an even or an odd phase.
      struct Turn {
        int slot;
        u32 parity;

        __device__ __forceinline__ void advance() {
          slot = slot + 1 == kStages ? 0 : slot + 1;
          parity = slot == 0 ? parity ^ 1 : parity;
        }
      };

      // The warpgroup that copies gives registers to those that multiply (PTX ISA, setmaxnreg).
      __device__ __forceinline__ void give_registers() {
        if (kMultiplyRegisters > kStartRegisters) {
          asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" :: "n"(kCopyRegisters));
        }
      }
      __device__ __forceinline__ void take_registers() {
        if (kMultiplyRegisters > kStartRegisters) {
          asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" :: "n"(kMultiplyRegisters));
        }
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

  private static String entry(String name, Weights weights, List<StagePart> copying, StagePart splits,
      StagePart store) {
    String body = """
        extern __shared__ __align__(1024) u8 shared[];
        Place at = place(n, k, m);
        %common%
        // Rings of pipeline stages: activations for the block, codes and group parameters for each warp that multiplies.
        const u32 activations = shared_address(shared);
        const u32 slots = activations + kStages * kActivationBytes;
        const u32 filled = slots + 4 * kWarpgroups * kStages * kSlotBytes;  // a barrier for each slot
        const u32 emptied = filled + 8 * kStages;
        %rings%
        if (threadIdx.x == 0) {
          for (int s = 0; s < kStages; ++s) {
            init_barrier(filled + 8 * s, 128);
            init_barrier(emptied + 8 * s, 128 * kWarpgroups);
          }
        %barriers2%}
        __syncthreads();
        // The kernel before this one may still run: what it does not write can be fetched already.
        let_next_kernel_start();
        Turn turn = {0, 0};

        if (at.warpgroup == kWarpgroups) {
          give_registers();
          if (kSplit > 1) {
            be_counted_in_cluster();
          }
        %copysetup2%  // Where this lane copies to in the slot of its turn. Addresses are pinned before use: ptxas 12.9 emits an illegal
          // instruction for copies to the sum of a uniform and another register.
          const u32 first_codes = slots + at.warp * (kStages * kSlotBytes) + at.lane * 16;
          const u32 first_activations = activations + mine.to;
          u32 into = first_codes, activations_into = first_activations;
          const auto start_weights = [&](int stage) {
            const Place block = at;
        #pragma unroll
            for (int w = 0; w < kWarpgroups; ++w) {
              Place at = block;
              at.warpgroup = w;
              const u32 to = pinned(into) + w * (4 * kStages * kSlotBytes);
        %weights6%    }
          };
          const int early = min(at.first_stage + kEarly, at.end_stage);
          for (int stage = at.first_stage; stage < early; ++stage) {
            start_weights(stage);
            into += kSlotBytes;
          }
          into = first_codes;
          wait_for_kernel_before();
          for (bool first = true; at.row_tiles > 0; first = false) {
            for (int stage = at.first_stage; stage < at.end_stage; ++stage) {
              wait_phase(emptied + 8 * turn.slot, turn.parity ^ 1);
              if (!first || stage >= early) {
                start_weights(stage);
              }
        %activations6%      turn.advance();
              into = turn.slot == 0 ? first_codes : into + kSlotBytes;
              activations_into = turn.slot == 0 ? first_activations : activations_into + kActivationBytes;
            }
            at.advance();
          }
          if (kSplit > 1) {
            make_room(emptied, cleared, at, rank, turn);
          }
          commit_copies();
          wait_copies<0>();
          return;
        }

        take_registers();
        if (kSplit > 1) {
          arrive_at_cluster();  // other blocks may use the barriers of this one
        }
        const u32 own_slots = slots + threadIdx.x / 32 * (kStages * kSlotBytes);
        for (; at.row_tiles > 0; at.advance()) {
        %setup2%  // The slot before has been read by this lane, and by the products of this warpgroup.
          int free_slot = 0;
          const auto release = [&](bool now) __attribute__((always_inline)) {
            arrive_if(now, emptied + 8 * free_slot);
          };
          // Multiplies so many row tiles over the stages of the block; a constant wherever it is called.
          const auto work = [&](const int own_tiles) __attribute__((always_inline)) {
            u32 sets[kSets][4][4];
            for (int stage = at.first_stage; stage < at.end_stage; ++stage) {
              wait_phase(filled + 8 * turn.slot, turn.parity);
              fence_for_products();
              const u32 slot = own_slots + turn.slot * kSlotBytes;
        %stage6%      free_slot = turn.slot;
              turn.advance();
            }
            wait_groups<0>();
            release(true);
        %settle4%  };
          if (at.has(kRowTiles - 1) || kRowTiles > 1 && kFewerTiles == kRowTiles) {
            work(kRowTiles);
          } else if (kFewerTiles > 0 && at.has(0)) {
            work(kFewerTiles);
          } else {  // nothing to multiply in this pass
            for (int stage = at.first_stage; stage < at.end_stage; ++stage) {
              wait_phase(filled + 8 * turn.slot, turn.parity);
              free_slot = turn.slot;
              release(true);
              turn.advance();
            }
            if (kSplit == 1) {
              continue;
            }
          }
        %finish2%}
        """
        .replace("%common%\n", weights.common())
        .replace("%rings%\n", splits.rings())
        .replace("%barriers2%", Text.indent(2, splits.setup()))
        .replace("%copysetup2%", Text.indent(2, join(copying, StagePart::setup, "")))
        .replace("%weights6%",
            Text.indent(6, join(copying.stream().filter(p -> !p.weights().isEmpty()).toList(), StagePart::weights, "")))
        .replace("%activations6%", Text.indent(6, join(copying, StagePart::activations, "")))
        .replace("%setup2%", Text.indent(2, join(weights.working().toList(), StagePart::setup, "")))
        .replace("%stage6%", Text.indent(6, weights.multiply().cell()))
        .replace("%settle4%", Text.indent(4, weights.multiply().finish()))
        .replace("%finish2%",
            Text.indent(2, join(weights.making(), StagePart::finish, "") + splits.finish() + store.finish()));
    return """
        #if SPLIT > 1
        #define CLUSTER __cluster_dims__(1, SPLIT, 1)
        #else
        #define CLUSTER
        #endif
        extern "C" __global__ void CLUSTER __launch_bounds__(kThreads, BLOCKS)
        %s(const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero, const u8* offset,
            const u16* bias, const u16* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
        %s}
        """.formatted(name, Text.indent(2, body));
  }

  private static String join(List<StagePart> parts, Function<StagePart, String> slot, String separator) {
    return parts.stream().map(slot).filter(text -> !text.isEmpty()).map(text -> text + separator)
        .collect(Collectors.joining());
  }
}
