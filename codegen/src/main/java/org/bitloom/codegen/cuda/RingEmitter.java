package org.bitloom.codegen.cuda;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.bitloom.codegen.ir.IntegerStage;
import org.bitloom.codegen.ir.IntegerWgmmaIr;

import static org.bitloom.codegen.cuda.Text.TYPES;
import static org.bitloom.codegen.cuda.Text.WRAPPERS;

/**
 * Prints an integer kernel of warpgroups as self-contained, header-free CUDA text: a warpgroup fills rings of shared memory with
 * bulk copies, the others multiply, and blocks stay until all output tiles are done. What the stages say in each slot of
 * this frame comes from one emitter for each stage.
 */
public final class RingEmitter {
  private RingEmitter() {
  }

  /**
   * The text of a kernel.
   *
   * @param header a comment that says where the kernel came from
   */
  public static String emit(IntegerWgmmaIr ir, String header) {
    List<RingPart> parts = ir.stages().stream().map(stage -> part(stage)).toList();
    return Definitions.used(header + TYPES + CONSTANTS + QuantizedText.CONSTANTS + join(parts, RingPart::constants)
        + SIZES + WRAPPERS + FRAME
        + (halves(ir) ? TilesText.HALVED : TilesText.WHOLE)
        + join(parts, RingPart::functions) + entry(ir, parts));
  }

  private static boolean halves(IntegerWgmmaIr ir) {
    return ir.stages().get(2) instanceof IntegerStage.MultiplyPlanes multiply && MultiplyPlanesEmitter.halves(multiply);
  }

  private static RingPart part(IntegerStage stage) {
    return switch (stage) {
      case IntegerStage.StreamWeightPlanes s -> StreamWeightsEmitter.emit(s);
      case IntegerStage.StreamWeightCodes s -> StreamWeightsEmitter.emit(s);
      case IntegerStage.StreamTiles s -> StreamTilesEmitter.emit(s);
      case IntegerStage.MultiplyPlanes s -> MultiplyPlanesEmitter.emit(s);
      case IntegerStage.AssembleBytes s -> AssembleBytesEmitter.emit(s);
      case IntegerStage.MultiplyBytes s -> MultiplyBytesEmitter.emit(s);
      case IntegerStage.Correct s -> CorrectEmitter.emit(s);
      case IntegerStage.StoreColumns s -> StoreColumnsEmitter.emit(s);
    };
  }

  private static final String CONSTANTS = """
      // The schedule.
      constexpr int kWarpgroups = WARPGROUPS;            // warpgroups that multiply, 64 output features each
      constexpr int kBatch = BATCH;                      // batch columns of a tile
      constexpr int kStages = STAGES;                    // stages of activations in flight
      constexpr int kGroup = 8;                          // tiles of batch columns that go through all rows together
      constexpr int kRows = 64 * kWarpgroups;            // output features of a tile
      constexpr int kThreads = 128 * (kWarpgroups + 1);  // one warpgroup more, which copies
      constexpr int kTileBytes = 128 * kBatch;           // activations of a stage

      """;

  private static final String SIZES = """
      // Shared memory: the rings, then what each warpgroup stages on its way out, then the barriers.
      constexpr int kOutBytes = kTokenBuffers * kTokenBytes + kStagedColumns * kColumnBytes;
      constexpr int kOut = kRingBytes;
      constexpr int kBarriers = kOut + kWarpgroups * kOutBytes;

      """;

  private static final String FRAME = """
      constexpr int kCopyBarrier = 8;  // of the warps that copy

      // A ring of slots in shared memory: `full` counts the bytes that come, `empty` the warps that have read them.
      template <int Slots>
      struct Ring {
        u32 full, empty;
        int slot, oldest;  // the next to fill or to read, the next to release
        u32 phase;

        __device__ __forceinline__ explicit Ring(u32 barriers)
            : full(barriers), empty(barriers + 8 * Slots), slot(0), oldest(0), phase(0) {}

        __device__ __forceinline__ void init() const {
          for (int i = 0; i < Slots; ++i) {
            init_barrier(full + 8 * i, 1);
            init_barrier(empty + 8 * i, 4 * kWarpgroups);
          }
        }

        __device__ __forceinline__ u32 arrival() const { return full + 8 * slot; }
        __device__ __forceinline__ void wait_full() const { wait_phase(full + 8 * slot, phase); }
        // All warps that copy go on together: one that has nothing to copy could be overtaken by two phases, and wait for ever.
        __device__ __forceinline__ void wait_empty() const {
          wait_phase(empty + 8 * slot, phase ^ 1);
          barrier(kCopyBarrier, 128);
        }

        // One lane arrives for all of its warp.
        __device__ __forceinline__ void release_oldest() {
          __syncwarp();
          if (threadIdx.x % 32 == 0) {
            arrive(empty + 8 * oldest);
          }
          oldest = oldest + 1 == Slots ? 0 : oldest + 1;
        }

        __device__ __forceinline__ void next() {
          if (++slot == Slots) {
            slot = 0;
            phase ^= 1;
          }
        }
      };

      // The operands of the whole product.
      struct Operands {
        const u8* weights;
        const u8* activations;  // slabs along k, see the header
        int strips, units;      // 16 output features each; kUnitK each
        int columns;            // batch columns, rounded up to 8
      };

      """;

  private static String entry(IntegerWgmmaIr ir, List<RingPart> parts) {
    return """
        // Warpgroups that hold many accumulators take registers from the one that copies (PTX ISA, setmaxnreg).
        __device__ __forceinline__ void few_registers() {
        #if WARPGROUPS == 2 && BATCH == 256
          asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
        #endif
        }
        __device__ __forceinline__ void many_registers() {
        #if WARPGROUPS == 2 && BATCH == 256
          asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
        #endif
        }

        extern "C" __global__ void __launch_bounds__(kThreads, BLOCKS)
        %s(const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero, const u8* offset,
            const u16* bias, const u8* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
          extern __shared__ __align__(1024) u8 shared[];
          const int lane = threadIdx.x %% 32;
          const int warp = threadIdx.x / 32;
          const u32 base = shared_address(shared);
          const Tiles tiles(n, m);
          const Operands in = {codes, x + (m + kAtomRecords - 1) / kAtomRecords * kAtomBytes, (n + 15) / 16, (k + kUnitK - 1) / kUnitK,
              (m + kAtomTokens - 1) / kAtomTokens * kAtomTokens};
          const u8* tokens = x;
          Rings rings(base + kBarriers);
          if (threadIdx.x == 0) {
            rings.init();
            publish_barriers();
          }
          __syncthreads();
          let_next_kernel_start();
          wait_for_kernel_before();

          if (warp >= 4 * kWarpgroups) {
            few_registers();
            const bool first = warp == 4 * kWarpgroups && lane == 0;
            const int copier = 4 * lane + warp %% 4;
            for (int t = blockIdx.x; t < tiles.count(); t += gridDim.x) {
              int row, column;
              tiles.place(t, row, column);
        %s    }
          } else {
            many_registers();
            const int group = warp / 4;
            const u32 out = base + kOut + group * kOutBytes;
        %s  }
        }
        """
        .formatted(ir.entry(), Text.indent(6, join(parts, RingPart::fill)), Text.indent(4, multiply(parts)));
  }

  /** The loop of a warpgroup over its tiles. */
  private static String multiply(List<RingPart> parts) {
    String prepare = join(parts, RingPart::prepare);
    String loop = """
        int row, column;
        u32 records;
        StoredRows stored;
        %sfor (int t = blockIdx.x; t < tiles.count(); t += gridDim.x) {
          tiles.place(t, row, column);
          row += 64 * group;
        %s%s}
        """.formatted(join(parts, RingPart::begin), Text.indent(2, prepare),
        Text.indent(2, join(parts, RingPart::multiply)));
    String staggered = join(parts, RingPart::staggered);
    return staggered.isEmpty()
        ? loop
        : "#if BATCH == 256\n"
            + staggered.replace("%prepare%", Text.indent(2, prepare)).replace("%begin%", join(parts, RingPart::begin))
            + "#else\n" + loop + "#endif\n";
  }

  private static String join(List<RingPart> parts, Function<RingPart, String> slot) {
    return parts.stream().map(slot).filter(text -> !text.isEmpty())
        .map(text -> text + (text.endsWith("}\n") ? "\n" : ""))
        .collect(Collectors.joining());
  }
}
