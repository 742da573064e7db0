package org.bitloom.codegen.cuda;

import java.util.List;
import java.util.stream.Collectors;

import org.bitloom.codegen.ir.SignIr;
import org.bitloom.codegen.ir.SignStage;
import org.bitloom.runtime.api.SignSpace;

import static org.bitloom.codegen.cuda.Text.TYPES;
import static org.bitloom.codegen.cuda.Text.WRAPPERS;

/**
 * Prints a kernel for binary-coded weights as self-contained, header-free CUDA text: the frame, in which thread blocks work off
 * blocks of rows one after another; what the stages say in it comes from one emitter for each.
 */
public final class SignEmitter {
  private SignEmitter() {
  }

  /**
   * The text of a kernel.
   *
   * @param header a comment that says where the kernel came from
   */
  public static String emit(SignIr ir, String header) {
    // Where preparing leaves little to wait for, warps go through all blocks of rows by themselves.
    StreamSignsEmitter.Order order = switch (ir.prepare()) {
      case SignStage.SplitActivations _,SignStage.TabulateActivations _ -> StreamSignsEmitter.Order.WINDOW_BY_WINDOW;
      case SignStage.StreamX _ -> StreamSignsEmitter.Order.BLOCK_BY_BLOCK;
      case SignStage.TransposeActivations _ -> StreamSignsEmitter.Order.THROUGH_BLOCKS;
    };
    StagePart stream = StreamSignsEmitter.emit(ir.stream(), order);
    StagePart prepare = switch (ir.prepare()) {
      case SignStage.SplitActivations s -> SplitActivationsEmitter.emit(s);
      case SignStage.TransposeActivations s -> TransposeBitsEmitter.emit(s);
      case SignStage.TabulateActivations s -> TabulateEmitter.emit(s);
      case SignStage.StreamX _ -> StreamXEmitter.emit();
    };
    StagePart multiply = switch (ir.multiply()) {
      case SignStage.MultiplyDigits _ -> MultiplyDigitsEmitter.emit(ir.stream());
      case SignStage.MultiplyBits _ -> MultiplyBitsEmitter.emit(ir.stream());
      case SignStage.LookUpSums _ -> LookUpEmitter.emit(ir.stream());
      case SignStage.MultiplyWeights _ -> ir.stream().groups().looksUp()
          ? MultiplyLevelsEmitter.emit(ir.stream(), ir.prepare().x())
          : MultiplyWeightsEmitter.emit(ir.stream());
    };
    StagePart reduce = switch (order) {
      case WINDOW_BY_WINDOW -> ReduceTurnsEmitter.emit(ir.store());
      case BLOCK_BY_BLOCK -> ReduceTurnsEmitter.emitStreaming(ir.store());
      case THROUGH_BLOCKS -> ReduceTurnsEmitter.emitAtEnd(ir.store());
    };
    String frame = switch (order) {
      case WINDOW_BY_WINDOW -> TURN + entry(ir, prepare, reduce);
      case BLOCK_BY_BLOCK -> STREAMING_TURN + streamingEntry(ir, reduce);
      case THROUGH_BLOCKS -> TURNS + entryThroughBlocks(ir, prepare, reduce);
    };
    List<StagePart> parts = List.of(prepare, stream, multiply, reduce);
    return Definitions.used(header + TYPES + StreamSignsEmitter.planes(ir.stream()) + CONSTANTS
        + join(parts.stream().map(StagePart::constants).toList())
        + WRAPPERS + place(ir)
        + join(parts.stream().map(StagePart::functions).toList())
        + frame);
  }

  private static String join(List<String> texts) {
    return texts.stream().filter(text -> !text.isEmpty()).map(text -> text + "\n").collect(Collectors.joining());
  }

  private static final String CONSTANTS = """
      // The schedule.
      constexpr int kPlanes = PLANES;
      constexpr int kWarpsN = WARPS_N;                    // warps along n
      constexpr int kWarpsK = WARPS_K;                    // warps that share the rows of a block, each with units of its own
      constexpr int kRowTiles = ROW_TILES;                // tiles of 16 rows of a warp
      constexpr int kBatchTiles = BATCH_TILES;            // tiles of kTileColumns batch columns
      constexpr int kWindow = WINDOW;                     // packing units x batch columns that are prepared at a time
      constexpr int kStages = STAGES;                     // packing units in flight
      constexpr int kThreads = 32 * kWarpsN * kWarpsK;
      constexpr int kRows = 16 * kRowTiles * kWarpsN;     // rows of a turn
      constexpr int kUnitK = %s;                         // features of a packing unit: 4 cells of 64

      """
      .formatted(SignSpace.UNIT_K);

  private static final String PLACE = """
      // What a warp works on.
      struct Place {
        int lane, warp_n, warp_k;
        int tiles, units, groups;    // of the whole matrix
        int first_column, columns;   // batch columns of this block
        int first_unit, end_unit;    // units of this block along k, of which this warp takes every kWarpsK-th
      MEMBERS
        int blocks;                  // blocks of kRows rows of the whole matrix
        int first_block, end_block;  // those of this thread block, one a turn
      };

      __device__ __forceinline__ Place place(int n, int k, int m) {
        Place at;
        const int warp = pinned(threadIdx.x / 32);
        const int splits = gridDim.y;
        at.lane = pinned(threadIdx.x % 32);
        at.warp_n = warp % kWarpsN;
        at.warp_k = warp / kWarpsN;
        at.tiles = (n + 15) / 16;
        at.units = (k + kUnitK - 1) / kUnitK;
        at.groups = parameter_groups(k);
        at.first_column = blockIdx.z * kBatch;
        at.columns = min(m - at.first_column, kBatch);
        // The first shares are one larger where they differ. Divisions are what a kernel begins with: none that is not needed.
        at.first_unit = 0;
        at.end_unit = at.units;
      LONGEST
        if (splits > 1) {
          const int units = at.units / splits;
          const int more = at.units - units * splits;
          at.first_unit = units * blockIdx.y + min(static_cast<int>(blockIdx.y), more);
          at.end_unit = at.first_unit + units + (blockIdx.y < more);
      SPLIT
        }
      WINDOWS
        at.blocks = (n + kRows - 1) / kRows;
        const int blocks = at.blocks / gridDim.x;
        const int more = at.blocks - blocks * gridDim.x;
        at.first_block = blocks * blockIdx.x + min(static_cast<int>(blockIdx.x), more);
        at.end_block = at.first_block + blocks + (blockIdx.x < more);
        return at;
      }

      """;

  private static final String TURN = """
      // One turn: this warp's units of a window, for one block of rows. Leaves its totals in `totals`. A warp that has no unit in
      // the window takes an empty stage for it.
      template <int Tiles>
      __device__ __forceinline__ void work(Ring& ring, const Place& at, int window, int window_end, u32 prepared, u32 sums,
                                           float* totals) {
        const u32 x = operands<Tiles>(prepared, at);
        Totals<Tiles> total = {};
        int unit = window + at.warp_k;
        do {
          wait_copies<kStages - 2>();
          sync_stage(at);
          ring.fetch(at, ring.into);
          if (unit < window_end) {
            multiply<Tiles>(ring.slots + ring.current * kSlotBytes, x, sums, unit - window, at, total);
          }
          ring.current = ring.current + 1 == kStages ? 0 : ring.current + 1;
          ring.into = ring.into + 1 == kStages ? 0 : ring.into + 1;
          unit += kWarpsK;
        } while (unit < window_end);
        store_totals<Tiles>(totals, total, at);
      }

      """;

  private static final String STREAMING_TURN = """
      // One turn: this warp's units, for one block of rows. Leaves its totals in `totals`. A warp that has no unit takes an empty
      // stage for it.
      template <int Tiles>
      __device__ __forceinline__ void work(Ring& ring, const Place& at, u32 activations, float* totals) {
        const u32 x = operands<Tiles>(activations, at);
        Totals<Tiles> total = {};
        int unit = at.first_unit + at.warp_k;
        do {
          wait_copies<kStages - 2>();
          sync_stage(at);
          ring.fetch(at, ring.into);
          if (unit < at.end_unit) {
            multiply<Tiles>(ring.slots + ring.current * kSlotBytes, x + ring.current * kActivationBytes, at, total);
          }
          ring.current = ring.current + 1 == kStages ? 0 : ring.current + 1;
          ring.into = ring.into + 1 == kStages ? 0 : ring.into + 1;
          unit += kWarpsK;
        } while (unit < at.end_unit);
        store_totals<Tiles>(totals, total, at);
      }

      """;

  private static final String TURNS = """
      // This warp's units of a window, for one block of rows after another. Leaves its totals of each in `totals`.
      template <int Tiles>
      __device__ __forceinline__ void work(Ring& ring, const Place& at, int window, int window_end, u32 prepared, u32 sums,
                                           float* totals) {
        const u32 x = operands<Tiles>(prepared, at);
        int unit = window + at.warp_k;
        for (int block = at.first_block; block < at.end_block; ++block) {
          Totals<Tiles> total = {};
          for (; unit < window_end; unit += kWarpsK) {
            wait_copies<kStages - 1>();
            sync_stage(at);
            multiply<Tiles>(ring.slots + ring.current * kSlotBytes, x, sums, unit - window, at, total);
            sync_stage(at);
            ring.fetch(at, ring.current);
            ring.current = ring.current + 1 == kStages ? 0 : ring.current + 1;
          }
          unit -= window_end - window;
          store_totals<Tiles>(totals + (block - at.first_block) * (kWarpsK * at.columns * kTotalStride), total, at,
                              window == at.first_unit);
        }
      }

      """;

  private static final String ORDER = """
      // What comes before has written x; nothing but weights was touched so far.
      let_next_kernel_start();
      wait_for_kernel_before();
      """;

  private static final String FILL = """
      #pragma unroll
      for (int i = 0; i < kStages - 1; ++i) {
        ring.fetch(at, i);
      }
      """;

  private static final String WEIGHTS_FIRST = """
      ring.copies = copies_of_x(x, k, activations, at);
      Ring ahead = ring;
      #pragma unroll
      for (int i = 0; i < kStages - 1; ++i) {
        ahead.fetch<true, false>(at, i);
      }
      clear_missing_columns(ring.copies, at);
      """ + ORDER + """
      #pragma unroll
      for (int i = 0; i < kStages - 1; ++i) {
        ring.fetch<false, true>(at, i);
      }
      """;

  private static final String RINGS_END = "memory + kWarpsN * kWarpsK * kStages * kSlotBytes";

  /** A turn with as many tiles of columns as there are. */
  private static String work(String arguments) {
    return """
        if (kBatchTiles == 1 || at.columns <= kTileColumns) {
          work<1>(%1$s);
        } else {
          work<kBatchTiles>(%1$s);
        }
        """.formatted(arguments);
  }

  private static final String PAIRS = """
      const bool pairs = k % 2 == 0 && reinterpret_cast<u64>(x) % 4 == 0;
      """;

  private static final String VECTORS = """
      const bool vectors = k % 8 == 0 && reinterpret_cast<u64>(x) % 16 == 0;
      """;

  /** Whether activations are copied along with the weights; others are prepared window by window. */
  private static boolean streams(SignIr ir) {
    return ir.prepare() instanceof SignStage.StreamX;
  }

  private static String place(SignIr ir) {
    boolean windows = !streams(ir);
    return PLACE
        .replace("MEMBERS\n",
            windows ? "  int window, windows;         // units prepared at a time; times, at most\n" : "")
        .replace("LONGEST\n", windows ? "  int longest = at.units;\n" : "")
        .replace("SPLIT\n", windows ? "    longest = units + (more > 0);\n" : "")
        .replace("WINDOWS\n", windows ? WINDOWS : "");
  }

  private static final String WINDOWS = """
        at.window = min(window_units(at.columns), longest);
        at.windows = at.window == longest ? 1 : (longest + at.window - 1) / at.window;
      """;

  private static String windows(String body) {
    return """
        // A split of k without units has one empty window.
        int window = at.first_unit;
        do {
          const int window_end = min(window + at.window, at.end_unit);
          if (window != at.first_unit) {
            __syncthreads();
          }
        %s  window += at.window;
        } while (window < at.end_unit);
        """.formatted(Text.indent(2, body));
  }

  /** One block of rows after another, with totals of warps in one of two places. */
  private static String turns(String work, StagePart reduce) {
    return """
        __syncthreads();
        for (int block = at.first_block; block < at.end_block; ++block) {
          float* mine = totals + ring.parity * (kWarpsK * at.columns * kTotalStride);
          ring.parity ^= 1;
        %s  __syncthreads();
        %s}
        """.formatted(Text.indent(2, work), Text.indent(2, reduce.cell()));
  }

  private static String entry(SignIr ir, StagePart prepare, StagePart reduce) {
    return function(ir,
        """
            extern __shared__ __align__(128) u8 shared[];
            const u32 memory = pinned(shared_address(shared));
            const Place at = place(n, k, m);
            // Memory: rings, prepared activations and their sums, results of earlier windows for each turn if there are any, and the
            // totals of warps, twice.
            const u32 prepared = %s;
            const u32 sums = prepared + prepared_bytes(at);
            float* results = reinterpret_cast<float*>(shared + (sums - memory) + sum_bytes(at));
            float* totals = results + (at.windows > 1 ? (at.blocks + gridDim.x - 1) / gridDim.x * at.columns * kRows : 0);
            Ring ring = open_ring(codes, scale, offset, memory, at);
            %s
            %s%s"""
            .formatted(RINGS_END, FILL + ORDER + (ir.prepare() instanceof SignStage.SplitActivations ? PAIRS : ""),
                windows(prepare.cell() + turns(work("ring, at, window, window_end, prepared, sums, mine"), reduce)),
                reduce.finish()));
  }

  private static String streamingEntry(SignIr ir, StagePart reduce) {
    return function(ir,
        """
            extern __shared__ __align__(128) u8 shared[];
            const u32 memory = pinned(shared_address(shared));
            const Place at = place(n, k, m);
            // Memory: rings of weights and of activations, and the totals of warps, twice.
            const u32 activations = %s;
            float* totals = reinterpret_cast<float*>(shared + (activations - memory) + prepared_bytes(at));
            Ring ring = open_ring(codes, scale, offset, memory, at);
            %s
            %s%s"""
            .formatted(RINGS_END, WEIGHTS_FIRST, turns(work("ring, at, activations, mine"), reduce),
                reduce.finish()));
  }

  private static String entryThroughBlocks(SignIr ir, StagePart prepare, StagePart reduce) {
    return function(ir, """
        extern __shared__ __align__(128) u8 shared[];
        const u32 memory = pinned(shared_address(shared));
        const Place at = place(n, k, m);
        // Memory: rings, prepared activations and their sums, and the totals of warps for each turn.
        const u32 prepared = %s;
        const u32 sums = prepared + prepared_bytes(at);
        float* totals = reinterpret_cast<float*>(shared + (sums - memory) + sum_bytes(at));
        Ring ring = open_ring(codes, scale, offset, memory, at);
        #pragma unroll
        for (int i = 0; i < kStages; ++i) {
          ring.fetch(at, i);
        }
        %s
        %s%s""".formatted(RINGS_END, ORDER + VECTORS,
        windows(prepare.cell() + "__syncthreads();\n" + work("ring, at, window, window_end, prepared, sums, totals")),
        reduce.finish()));
  }

  private static String function(SignIr ir, String body) {
    return """
        extern "C" __global__ void __launch_bounds__(kThreads, BLOCKS)
        %s(const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero, const u8* offset,
            const u16* bias, const u16* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
        %s}
        """.formatted(ir.entry(), Text.indent(2, body));
  }
}
