package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.bitloom.codegen.ir.KernelIr;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.runtime.api.DequantMmaSpace;

import static org.bitloom.codegen.cuda.Text.TYPES;
import static org.bitloom.codegen.cuda.Text.WRAPPERS;

/**
 * Prints a kernel as self-contained, header-free CUDA text. The frame of a streaming kernel is here; what its stages say in
 * each slot comes from one emitter for each stage.
 */
public final class CudaEmitter {
  private CudaEmitter() {
  }

  /**
   * The text of a kernel.
   *
   * @param header a comment that says where the kernel came from
   */
  public static String emit(KernelIr ir, String header) {
    List<StagePart> parts = ir.stages().stream().map(stage -> part(stage, ir)).toList();
    return Definitions
        .used(header + TYPES + FRAME_CONSTANTS + join(parts, StagePart::constants, "\n") + slotConstants(ir)
            + "\n" + WRAPPERS + FRAME_PLACE + join(parts, StagePart::functions, "\n") + entry(ir, parts));
  }

  private static StagePart part(Stage stage, KernelIr ir) {
    return switch (stage) {
      case Stage.StreamCodes s -> StreamCodesEmitter.emit(s);
      case Stage.StreamParams s -> StreamParamsEmitter.emit(s);
      case Stage.StreamActivations s -> StreamActivationsEmitter.emit();
      case Stage.LoadFragment s -> LoadFragmentEmitter.emit(s);
      case Stage.Unpack s -> UnpackEmitter.instantiated(s);
      case Stage.SumActivations s -> MmaEmitter.emit(s);
      case Stage.Mma s -> MmaEmitter.emit(s, ir.only(Stage.Unpack.class));
      case Stage.ApplyParams s -> ApplyParamsEmitter.emit(s);
      case Stage.ReduceWarps s -> ReduceEmitter.warps();
      case Stage.ReduceSplits s -> ReduceEmitter.splits();
      case Stage.StoreTile s -> StoreTileEmitter.emit(s);
    };
  }

  private static final String FRAME_CONSTANTS = """
      // The schedule.
      constexpr int kWarpsN = WARPS_N;                    // warps along n
      constexpr int kWarpsK = WARPS_K;                    // k-groups: warps that share the rows of a block
      constexpr int kRowTiles = ROW_TILES;                // tiles of 16 rows of a warp
      constexpr int kBatchTiles = BATCH_TILES;            // tiles of 8 batch columns
      constexpr int kUnitsPerStage = UNITS_PER_STAGE;     // packing units along k of a pipeline stage
      constexpr int kStages = STAGES;                     // pipeline stages in flight
      constexpr int kThreads = 32 * kWarpsN * kWarpsK;
      #ifdef BLOCK_TILES
      constexpr int kBlockTiles = BLOCK_TILES;            // tiles of 16 rows of a block
      #else
      constexpr int kBlockTiles = kRowTiles * kWarpsN;
      #endif
      constexpr int kShort = kRowTiles * kWarpsN - kBlockTiles;  // warps of a k-group that own one tile less
      constexpr int kRows = 16 * kBlockTiles;             // rows of a block
      constexpr int kBatch = 8 * kBatchTiles;             // batch columns of a block

      """;

  private static final String FRAME_PLACE = """
      // What a warp works on.
      struct Place {
        int lane, warp_n, warp_k;
        int first_tile, own;         // tiles of the block that this warp owns
        int tiles, units;            // of the whole matrix
        int first_column, columns;   // batch columns of this block
        int first_stage, end_stage;  // stages of this block along k; this warp takes every kWarpsK-th

        // Tile of 16 rows number r of this warp; past the end the last one again, whose results are not stored.
        __device__ __forceinline__ int tile(int r) const {
          return min(static_cast<int>(blockIdx.x) * kBlockTiles + first_tile + min(r, own - 1), tiles - 1);
        }
      };

      __device__ __forceinline__ Place place(int n, int k, int m) {
        Place at;
        const int warp = __shfl_sync(0xffffffff, threadIdx.x / 32, 0);  // one number for all lanes, as far as the compiler knows
        at.lane = pinned(threadIdx.x % 32);
        at.warp_n = warp % kWarpsN;
        at.warp_k = warp / kWarpsN;
        // A multiprocessor has four parts, and warp w runs on part w % 4: warps that own less are spread over the parts.
        constexpr int kSameParts = kWarpsN % 4 == 0 ? 1 : kWarpsN % 2 == 0 ? 2 : 4;
        const int turn = kShort == 0 ? at.warp_n : (at.warp_n + at.warp_k / kSameParts * kShort) % kWarpsN;
        at.first_tile = turn * kRowTiles - (kShort == 0 ? 0 : min(turn, kShort));
        at.own = kShort == 0 || turn >= kShort ? kRowTiles : kRowTiles - 1;
        at.tiles = (n + 15) / 16;
        at.units = (k + kUnitK - 1) / kUnitK;
        at.first_column = blockIdx.z * kBatch;
        at.columns = min(m - at.first_column, kBatch);
        const u32 stages = (at.units + kUnitsPerStage - 1) / kUnitsPerStage;
        at.first_stage = gridDim.y == 1 ? 0 : stages * blockIdx.y / gridDim.y;
        at.end_stage = gridDim.y == 1 ? stages : stages * (blockIdx.y + 1) / gridDim.y;
        return at;
      }

      // Two numbers for the rows g and g + 8 that a lane accumulates.
      struct Pair {
        float low, high;
      };

      // Whether some bytes of a stage may lie past the end of k.
      enum Extent { Whole, Ragged };

      // Which copies of a stage to start.
      enum Copies { Weights = 1, Activations = 2, All = 3 };

      __device__ __forceinline__ void clear(float (&v)[kBatchTiles][4]) {
      #pragma unroll
        for (int b = 0; b < kBatchTiles; ++b) {
          v[b][0] = v[b][1] = v[b][2] = v[b][3] = 0;
        }
      }

      """;

  private static String slotConstants(KernelIr ir) {
    return "constexpr int kSlotBytes = kCodeBytes" + (grouped(ir) ? " + kParamBytes" : "")
        + ";  // of one warp and stage\n" + """
            // Units whose steps the compiler may overlap: more would not fit in registers.
            constexpr int kOverlap = (kBatchTiles > 2 ? %s : %s) / (kRowTiles * kBatchTiles * kCells);
            constexpr int kUnitUnroll = kOverlap < 1 ? 1 : kOverlap < kUnitsPerStage ? kOverlap : kUnitsPerStage;
            """.formatted(DequantMmaSpace.WIDE_OVERLAPPED, DequantMmaSpace.OVERLAPPED);
  }

  private static boolean grouped(KernelIr ir) {
    return ir.stages().stream().anyMatch(Stage.StreamParams.class::isInstance);
  }

  private static String entry(KernelIr ir, List<StagePart> parts) {
    boolean grouped = grouped(ir);
    String body = """
        extern __shared__ __align__(128) u8 shared[];
        %setup%
        // Rings of pipeline stages: activations for each k-group, codes and group parameters for each warp.
        const u32 activations = shared_address(shared) + at.warp_k * (kStages * kActivationBytes);
        const u32 slots = shared_address(shared) + kWarpsK * kStages * kActivationBytes
            + (at.warp_k * kWarpsN + at.warp_n) * (kStages * kSlotBytes);
        const u32 lane_slots = pinned(slots + at.lane * 16);  // this lane's codes in slot 0
        %rings%        float acc[kRowTiles][kBatchTiles][4], total[kRowTiles][kBatchTiles][4];
        #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
          clear(acc[r]);
          clear(total[r]);
        }

        // Starts the copies of a stage, this warp's next one, into a slot of the ring.
        const int whole_stages = aligned ? min(at.end_stage, k / kStageK) : 0;  // none of their bytes lies past k
        const auto start_copies = [&](Copies what, int stage, int into) {
          if (stage < whole_stages) {
            if (what & Weights) {
        %wholeWeights6%    }
            if (what & Activations) {
        %wholeActivations6%    }
          } else if (stage < at.end_stage) {
            if (what & Weights) {
        %raggedWeights6%    }
            if (what & Activations) {
        %raggedActivations6%    }
          }
          if (what & Weights) {
        %advanceWeights4%  }
          if (what & Activations) {
        %advanceActivations4%  }
        };
        // The kernel before this one may still run: what it does not write can be fetched already.
        let_next_kernel_start();
        int next = at.first_stage + at.warp_k;
        #pragma unroll 1
        for (int into = 0; into < kStages - 1; ++into) {
          start_copies(Weights, next + into * kWarpsK, into);
        }
        wait_for_kernel_before();
        #pragma unroll 1
        for (int into = 0; into < kStages - 1; ++into, next += kWarpsK) {
          start_copies(Activations, next, into);
          commit_copies();
        }

        int current = 0;
        int into = kStages - 1;
        for (int stage = at.first_stage + at.warp_k; stage < at.end_stage; stage += kWarpsK) {
          wait_copies<kStages - 2>();
          u32 words[kRowTiles][kCodeBits * kCells];
          load_codes<kTiles>(lane_slots + current * kSlotBytes, 0, words);  // a lane's own, on their way while warps meet
          sync_k_group(at);
          start_copies(All, next, into);
          commit_copies();
          next += kWarpsK;

        %slot%#pragma unroll kUnitUnroll
          for (int u = 0; u < kUnitsPerStage; ++u) {
            if (u > 0) {
              load_codes<kTiles>(lane_slots + current * kSlotBytes, u, words);
            }
        #pragma unroll
            for (int cell = 0; cell < kCells; ++cell) {
        %cell6%#pragma unroll
              for (int f = 0; f < 4; ++f) {
        %column%%fragment8%      }
            }
          }
          into = current;
          current = current + 1 == kStages ? 0 : current + 1;
        }

        %finish%"""
        .replace("%rings%", join(parts, StagePart::rings, ""))
        .replace("%setup%", join(parts, StagePart::setup, ""))
        .replace("%wholeWeights6%", copies(parts, StagePart::weights, "Whole"))
        .replace("%raggedWeights6%", copies(parts, StagePart::weights, "Ragged"))
        .replace("%wholeActivations6%", copies(parts, StagePart::activations, "Whole"))
        .replace("%raggedActivations6%", copies(parts, StagePart::activations, "Ragged"))
        .replace("%advanceWeights4%", Text.indent(4, join(parts, StagePart::advanceWeights, "")))
        .replace("%advanceActivations4%", Text.indent(4, join(parts, StagePart::advanceActivations, "")))
        .replace("%cell6%", Text.indent(6, join(parts, StagePart::cell, "")))
        .replace("%slot%", grouped ? "  const u32 slot = slots + current * kSlotBytes;\n" : "")
        .replace("%column%", grouped ? "        const int column = u * kUnitK + cell * 64 + f * 16;\n" : "")
        .replace("%fragment8%", Text.indent(8, join(parts, StagePart::fragment, "")))
        .replace("%finish%", join(parts, StagePart::finish, ""));
    return """
        // All that a warp does that owns kTiles tiles of 16 rows.
        template <int kTiles>
        __device__ __forceinline__ void product(const Place& at, const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero,
            const u8* offset, const u16* bias, const u16* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
        %s}

        extern "C" __global__ void __launch_bounds__(kThreads, BLOCKS)
        %s(const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero, const u8* offset,
            const u16* bias, const u16* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
          const Place at = place(n, k, m);
          if (kShort > 0 && at.own < kRowTiles) {
            product<kRowTiles - (kShort > 0)>(at, codes, scale, outer_scale, zero, offset, bias, x, y, partial, counters, n, k, m);
          } else {
            product<kRowTiles>(at, codes, scale, outer_scale, zero, offset, bias, x, y, partial, counters, n, k, m);
          }
        }
        """
        .formatted(Text.indent(2, body), ir.entry());
  }

  private static String copies(List<StagePart> parts, Function<StagePart, String> slot, String extent) {
    return Text.indent(6, join(parts, slot, "").replace("EXTENT", extent));
  }

  private static String join(List<StagePart> parts, Function<StagePart, String> slot, String separator) {
    List<String> texts = new ArrayList<>();
    for (StagePart part : parts) {
      String text = slot.apply(part);
      if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return String.join(separator, texts) + (texts.isEmpty() || separator.isEmpty() ? "" : separator);
  }
}
