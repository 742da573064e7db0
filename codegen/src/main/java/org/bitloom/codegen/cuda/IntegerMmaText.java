package org.bitloom.codegen.cuda;

/** The parts of integer kernels that are the same for all of them. */
final class IntegerMmaText {
  private IntegerMmaText() {
  }

  static final String SCHEDULE = """
      // The schedule.
      constexpr int kWarpsN = WARPS_N;                    // warps along n
      constexpr int kWarpsK = WARPS_K;                    // k-groups: warps that share the rows of a block
      constexpr int kRowTiles = ROW_TILES;                // tiles of 16 rows of a warp
      constexpr int kColumns = COLUMNS;                   // batch columns of a block, a power of two
      constexpr int kUnitsPerStage = UNITS_PER_STAGE;     // packing units along k of a pipeline stage
      constexpr int kStages = STAGES;                     // pipeline stages in flight
      constexpr int kThreads = 32 * kWarpsN * kWarpsK;
      constexpr int kRows = 16 * kRowTiles * kWarpsN;     // rows of a block

      """;

  static final String SHAPES = """
      constexpr int kUnitK = 64 * kCells;
      constexpr int kStageK = kUnitsPerStage * kUnitK;    // input features of a pipeline stage
      constexpr int kChunks = kCodeBits * kCells / 4;     // 16-byte chunks of a lane in a unit
      constexpr int kUnitBytes = kChunks * 512;
      constexpr int kCodeBytes = kRowTiles * kUnitsPerStage * kUnitBytes;

      // Operand B: each plane of each column is a row of 16-byte chunks, two for each MMA step, in tiles of 8 rows. Below 8 columns
      // the planes share a tile.
      constexpr int kOperandRows = kColumnPlanes * kColumns;
      constexpr int kTiles = (kOperandRows + 7) / 8;
      constexpr int kUnitChunks = 2 * kBlocks * kSteps;
      constexpr int kStageChunks = kUnitsPerStage * kUnitChunks;
      constexpr int kRowChunks = kStageChunks % 8 == 0 ? 8 : kStageChunks % 4 == 0 ? 4 : 2;  // of a row, side by side
      constexpr int kOperandBytes = kStageChunks * kOperandRows * 16;
      constexpr int kFeaturesOfChunk = kUnitK / kUnitChunks;

      // Accumulators: products of weight plane i and activation plane j count 2^(i + j). Where tiles hold one plane each, those
      // with the same i + j are summed; below 8 columns the planes of a tile are told apart at the end.
      constexpr bool kWholeTiles = kColumns >= 8;
      constexpr int kAccTiles = kWholeTiles ? kColumns / 8 : kTiles;
      constexpr int kSets = kWholeTiles ? kWeightPlanes + kColumnPlanes - 1 : kWeightPlanes;
      constexpr int kUnitUnroll = kRowTiles * kSets * kAccTiles <= 8 ? kUnitsPerStage : 1;  // larger bodies need too many registers
      constexpr int kSumColumns = kWholeTiles ? kColumns : kOperandRows;  // columns of the sums of a warp
      """;

  static final String PLACE = """
      // What a warp works on.
      struct Place {
        int lane, warp_n, warp_k;
        int tiles, units;            // of the whole matrix
        int first_column, columns;   // batch columns of this block
        int first_stage, end_stage;  // stages of this block along k; this warp takes every kWarpsK-th

        // Tile of 16 rows number r of this warp; past the end the last one again, whose results are not stored.
        __device__ __forceinline__ int tile(int r) const {
          return min(static_cast<int>((blockIdx.x * kWarpsN + warp_n) * kRowTiles + r), tiles - 1);
        }
      };

      __device__ __forceinline__ Place place(int n, int k, int m) {
        Place at;
        const int warp = threadIdx.x / 32;
        at.lane = threadIdx.x % 32;
        at.warp_n = warp % kWarpsN;
        at.warp_k = warp / kWarpsN;
        at.tiles = (n + 15) / 16;
        at.units = (k + kUnitK - 1) / kUnitK;
        at.first_column = blockIdx.z * kColumns;
        at.columns = min(m - at.first_column, kColumns);
        const u32 stages = (at.units + kUnitsPerStage - 1) / kUnitsPerStage;
        at.first_stage = static_cast<int>(stages * blockIdx.y / gridDim.y);
        at.end_stage = static_cast<int>(stages * (blockIdx.y + 1) / gridDim.y);
        return at;
      }

      // The set and the tile of accumulators that weight plane i and operand tile `tile` add to.
      __device__ constexpr int set_of(int i, int tile) { return kWholeTiles ? i + tile / kAccTiles : i; }
      __device__ constexpr int tile_of(int tile) { return kWholeTiles ? tile % kAccTiles : tile; }

      """;

  static final String STREAMS = """
      // Starts the copies of one stage of codes: kRowTiles tiles x kUnitsPerStage units, this lane's bytes.
      __device__ __forceinline__ void stream_codes(const u8* const (&tiles)[kRowTiles], u32 to, const Place& at, int stage,
                                                   u64 policy) {
      #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
      #pragma unroll
          for (int u = 0; u < kUnitsPerStage; ++u) {
            const int unit = stage * kUnitsPerStage + u;
            const int valid = kUnitsPerStage == 1 || unit < at.units ? 16 : 0;
            const u8* from = tiles[r] + static_cast<u64>(valid ? unit : 0) * kUnitBytes;
      #pragma unroll
            for (int c = 0; c < kChunks; ++c) {
              copy_16_streamed(to + ((r * kUnitsPerStage + u) * kChunks + c) * 512 + at.lane * 16, from + c * 512, valid, policy);
            }
          }
        }
      }

      // Where a 16-byte chunk of an operand row lies: [chunk / kRowChunks][row][kRowChunks], the chunks of a row permuted by the
      // row. So copies write whole rows, as memory holds them, and ldmatrix meets no bank conflicts: it reads a chunk of 8 rows.
      __device__ __forceinline__ u32 operand_chunk(u32 stage, u32 chunk, u32 row) {
        const u32 place = chunk % kRowChunks * 16 ^ row * kRowChunks / 8 % kRowChunks * 16;
        return stage + (chunk / kRowChunks * kOperandRows + row) * (kRowChunks * 16) + place;
      }

      // Starts the copies of one stage of operand B, from atoms [8 chunks][plane][m/8][8 rows][128 bytes]. The warps of a k-group
      // share the work. Columns past the batch become 0.
      __device__ __forceinline__ void stream_operands(const u8* atoms, u32 to, const Place& at, int stage, int batch_atoms) {
        constexpr u32 kSharers = 32 * kWarpsN;
        const u32 first = at.warp_n * 32 + at.lane;
        const u32 chunks = at.units * kUnitChunks;
      #pragma unroll
        for (u32 i = 0; i < (kStageChunks * kOperandRows + kSharers - 1) / kSharers; ++i) {
          const u32 row = (i * kSharers + first) / kStageChunks;
          const u32 chunk = (i * kSharers + first) % kStageChunks;
          const u32 column = row % kColumns;
          const u32 token = at.first_column + min(column, at.columns - 1u);
          const u32 wanted = static_cast<u32>(stage) * kStageChunks + chunk;
          const u32 from = min(wanted, chunks - 1);
          const u32 atom = (from / 8 * kColumnPlanes + row / kColumns) * static_cast<u32>(batch_atoms) + token / 8;
          const u8* source = atoms + (static_cast<u64>(atom) * 1024 + (token % 8 * 128 + (from ^ token) % 8 * 16));
          if (kStageChunks * kOperandRows % kSharers == 0 || row < kOperandRows) {
            copy_16(operand_chunk(to, chunk, row), source, wanted < chunks && column < static_cast<u32>(at.columns) ? 16 : 0);
          }
        }
      }

      // Waits for the warps that share operands.
      __device__ __forceinline__ void sync_k_group(const Place& at) {
        if (kWarpsN == 1) {
          __syncwarp();
        } else {
          barrier(1 + at.warp_k, 32 * kWarpsN);
        }
      }

      // Operand B of one MMA step and tile: lanes 0..7 give the rows of its first chunk, an even one, 8..15 those of its second
      // (PTX ISA, ldmatrix). Rows past the planes read the last one again; their results are not stored.
      __device__ __forceinline__ void load_operand(u32 stage, int chunk, int tile, const Place& at, u32 (&b)[2]) {
        const u32 wanted = tile * 8 + at.lane % 8;
        const u32 row = kOperandRows % 8 == 0 ? wanted : min(wanted, kOperandRows - 1u);
        const u32 address = operand_chunk(stage, chunk ^ at.lane / 8 % 2, row);
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
            : "=r"(b[0]), "=r"(b[1]) : "r"(address) : "memory");
      }

      """;

  /** Sums of warps and of splits of k, both in a fixed order. */
  static String reduce(boolean scaled) {
    String type = scaled ? "float" : "u32";
    String register = scaled ? "f" : "r";
    String ptx = scaled ? "f32" : "b32";
    return """
        typedef %1$s Sum;
        // Sums of the warps, [kWarpsK][kSumColumns][kRows + 4], over the memory of the finished pipeline.
        constexpr int kSumStride = kRows + 4;

        // Partial sums live in L2, where the other blocks find them (PTX ISA, cache operator .cg).
        __device__ __forceinline__ void store_sum(Sum* p, Sum v) {
          asm volatile("st.global.cg.%3$s [%%0], %%1;" :: "l"(p), "%2$s"(v) : "memory");
        }
        __device__ __forceinline__ Sum load_sum(const Sum* p) {
          Sum v;
          asm volatile("ld.global.cg.%3$s %%0, [%%1];" : "=%2$s"(v) : "l"(p) : "memory");
          return v;
        }

        // The sum of one result of the block: over its warps in order, and over the planes of activations, the highest first.
        __device__ __forceinline__ Sum sum_warps(const Sum* sums, int column, int row) {
          constexpr int kParts = kWholeTiles ? 1 : kColumnPlanes;
          Sum all = 0;
        #pragma unroll
          for (int j = kParts - 1; j >= 0; --j) {
            all *= 2;
        #pragma unroll
            for (int w = 0; w < kWarpsK; ++w) {
              all += sums[(w * kSumColumns + j * kColumns + column) * kSumStride + row];
            }
          }
          return all;
        }

        // Leaves this block's sums in the workspace; true in the last block of the tile to get here, which sees all of them.
        __device__ __forceinline__ bool leave_partial(Sum* partial, u32* counter, const Sum* sums, const Place& at) {
          Sum* mine = partial + blockIdx.y * (kColumns * kRows);
          for (int e = threadIdx.x; e < kRows * at.columns; e += kThreads) {
            store_sum(mine + e, sum_warps(sums, e / kRows, e %% kRows));
          }
          LAST
          return last;
        }

        // The sum of one result over the splits of k in order.
        __device__ __forceinline__ Sum sum_splits(const Sum* partial, int e) {
          Sum all = 0;
          for (int s = 0; s < gridDim.y; ++s) {
            all += load_sum(partial + s * (kColumns * kRows) + e);
          }
          return all;
        }

        """
        .replace("  LAST\n", Text.indent(2, BarrierText.lastOfSplits("counter")))
        .formatted(type, register, ptx);
  }

  /**
   * Sums of a warp to where the block adds them up: totals that were scaled by group, or sums of planes' products, which double
   * from the highest set down, weight planes and, where tiles are whole, activation planes.
   */
  static String leaveSums(boolean scaled) {
    return """
        Sum* sums = reinterpret_cast<Sum*>(shared);
        #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
        #pragma unroll
          for (int t = 0; t < kAccTiles; ++t) {
        #pragma unroll
            for (int i = 0; i < 4; ++i) {
        %s      const int row = (at.warp_n * kRowTiles + r) * 16 + at.lane / 4 + 8 * (i / 2);
              const int column = t * 8 + at.lane %% 4 * 2 + i %% 2;
              if (kSumColumns %% 8 == 0 || column < kSumColumns) {
                sums[(at.warp_k * kSumColumns + column) * kSumStride + row] = %s;
              }
            }
          }
        }
        """.formatted(scaled ? "" : DOUBLE, scaled ? "total[r][t][i]" : "v");
  }

  private static final String DOUBLE = """
            u32 v = acc[r][kSets - 1][t][i];
      #pragma unroll
            for (int s = kSets - 2; s >= 0; --s) {
              v = 2 * v + acc[r][s][t][i];
            }
      """;

  static final String ENTRY = """
      extern "C" __global__ void __launch_bounds__(kThreads, BLOCKS)
      %entry%(const u8* codes, const u8* scale, const u8* outer_scale, const u8* zero, const u8* offset,
          const u16* bias, const u8* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
        extern __shared__ __align__(128) u8 shared[];
        let_next_kernel_start();
        const Place at = place(n, k, m);
        const int batch_atoms = (m + kAtomTokens - 1) / kAtomTokens;
        // Small batches are stored several times, so that not all blocks read the same lines of L2 at once.
        const int replica = m <= kReplicatedTokens ? blockIdx.x % kReplicas : 0;
        const u8* operands = x + static_cast<u64>((m + kAtomRecords - 1) / kAtomRecords) * kAtomBytes
            + static_cast<u64>(replica) * ((k + kOperandRowK - 1) / kOperandRowK * kOperandRowsOfK) * batch_atoms * kAtomBytes;
        const u64 policy = evict_first_policy();
        const u8* tiles[kRowTiles];
      #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
          tiles[r] = codes + static_cast<u64>(at.tile(r)) * at.units * kUnitBytes + at.lane * 16;
        }
        // Rings of pipeline stages: codes for each warp, operand B for each k-group.
        const u32 slots = shared_address(shared) + (threadIdx.x / 32) * (kStages * kCodeBytes);
        const u32 ring = shared_address(shared) + kWarpsN * kWarpsK * kStages * kCodeBytes + at.warp_k * (kStages * kOperandBytes);
        u32 acc[kRowTiles][kSets][kAccTiles][4] = {};
      %declare%
        // Each thread stores results of one row only.
        static_assert(kThreads % kRows == 0, "threads are a multiple of rows");
        const int row = blockIdx.x * kRows + threadIdx.x % kRows;
      %row%
        // Weights depend on no kernel before; activations do. All slots of the ring are filled at once; the copies of activations
        // to the last one count to the group that the first turn closes.
        const int first = at.first_stage + at.warp_k;
      #pragma unroll
        for (int into = 0; into < kStages; ++into) {
          if (first + into * kWarpsK < at.end_stage) {
            stream_codes(tiles, slots + into * kCodeBytes, at, first + into * kWarpsK, policy);
          }
        }
        wait_for_kernel_before();
      #pragma unroll
        for (int into = 0; into < kStages; ++into) {
          if (first + into * kWarpsK < at.end_stage) {
            stream_operands(operands, ring + into * kOperandBytes, at, first + into * kWarpsK, batch_atoms);
          }
          if (into < kStages - 1) {
            commit_copies();
          }
        }

        int current = 0;
        for (int stage = first; stage < at.end_stage; stage += kWarpsK) {
          wait_copies<kStages - 2>();
          sync_k_group(at);
          // The slot of the turn before.
          const int next = stage + (kStages - 1) * kWarpsK;
          if (stage > first && next < at.end_stage) {
            const int into = current == 0 ? kStages - 1 : current - 1;
            stream_codes(tiles, slots + into * kCodeBytes, at, next, policy);
            stream_operands(operands, ring + into * kOperandBytes, at, next, batch_atoms);
          }
          commit_copies();

          const u32 slot = slots + current * kCodeBytes;
          const u32 operand = ring + current * kOperandBytes;
      #pragma unroll kUnitUnroll
          for (int u = 0; u < kUnitsPerStage; ++u) {
            u32 words[kRowTiles][kCodeBits * kCells];
      #pragma unroll
            for (int r = 0; r < kRowTiles; ++r) {
      #pragma unroll
              for (int c = 0; c < kChunks; ++c) {
                load_shared_4(slot + ((r * kUnitsPerStage + u) * kChunks + c) * 512 + at.lane * 16, &words[r][4 * c]);
              }
            }
      #pragma unroll
            for (int block = 0; block < kBlocks; ++block) {
              u32 a[kRowTiles][kSteps][kWeightPlanes][4];
      #pragma unroll
              for (int r = 0; r < kRowTiles; ++r) {
                unpack(words[r], block, a[r]);
              }
      #pragma unroll
              for (int step = 0; step < kSteps; ++step) {
      #pragma unroll
                for (int tile = 0; tile < kTiles; ++tile) {
                  u32 b[2];
                  load_operand(operand, u * kUnitChunks + (block * kSteps + step) * 2, tile, at, b);
      %sum%#pragma unroll
                  for (int r = 0; r < kRowTiles; ++r) {
      #pragma unroll
                    for (int i = 0; i < kWeightPlanes; ++i) {
                      mma(acc[r][set_of(i, tile)][tile_of(tile)], a[r][step][i], b);
                    }
                  }
                }
      %flush%        }
            }
          }
          current = current + 1 == kStages ? 0 : current + 1;
        }

        wait_copies<0>();
        __syncthreads();
      %recover%  __syncthreads();
        const u32 tile = blockIdx.z * gridDim.x + blockIdx.x;
        Sum* partials = reinterpret_cast<Sum*>(partial) + static_cast<u64>(tile) * gridDim.y * (kColumns * kRows);
        if (gridDim.y > 1 && !leave_partial(partials, counters + tile, sums, at)) {
          return;
        }
        const int2* tokens = reinterpret_cast<const int2*>(x);  // sum of operands, scale
        if (row < n) {
          for (int e = threadIdx.x; e < kRows * at.columns; e += kThreads) {
            const int column = at.first_column + e / kRows;
            const int2 token = tokens[column];
            const Sum sum = gridDim.y > 1 ? sum_splits(partials, e) : sum_warps(sums, e / kRows, e % kRows);
      %apply%      y[static_cast<u64>(column) * n + row] = %round%(v);
          }
        }
      }
      """;
}
