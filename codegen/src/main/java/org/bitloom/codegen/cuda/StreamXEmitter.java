package org.bitloom.codegen.cuda;

import org.bitloom.runtime.api.SignFamily;

/** Emits the stream of activations of one packing unit, swizzled so that ldmatrix reads them without bank conflicts. */
final class StreamXEmitter {
  private StreamXEmitter() {
  }

  static StagePart emit() {
    return StagePart.empty()
        .constants(SignActivations.tile(SignFamily.SIGN_MMA)
            + """
                // Activations of a stage: [4 cells][kBatch][64] of 2 bytes; chunk c of 16 bytes of row r lies at chunk c ^ (r % 8).
                constexpr int kActivationBytes = kBatch * kUnitK * 2;
                constexpr int kTileBytes = 8 * 128;                 // of a tile of columns in a cell
                constexpr int kCellBytes = kBatchTiles * kTileBytes;
                """)
        .functions(
            """
                // Of the rings of activations.
                __device__ __forceinline__ int prepared_bytes(const Place& at) {
                  return kWarpsK * kStages * kActivationBytes;
                }
                // What ldmatrix reads by this lane from slot 0: rows of two tiles of columns, or of the only one in two cells.
                template <int Tiles>
                __device__ __forceinline__ u32 operands(u32 activations, const Place& at) {
                  const int matrix = at.lane / 8;
                  const int row = at.lane % 8;
                  return pinned(activations + at.warp_k * (kStages * kActivationBytes) + row * 128 + (matrix % 2 ^ row) * 16
                      + matrix / 2 * (Tiles == 1 ? kOnlyTileStep : kTileBytes));
                }
                // The warps that work on the same unit copy its activations together.
                __device__ __forceinline__ void sync_stage(const Place& at) {
                  if (kWarpsN == 1) {
                    __syncwarp();
                  } else {
                    barrier(1 + at.warp_k, 32 * kWarpsN);
                  }
                }

                // Warps take rows in turn. Whether the place of row `first + warp_n` follows from that of row warp_n, for multiples
                // `first` of kWarpsN: no carry reaches the bits of the swizzle.
                constexpr bool kWarpsDivide = 8 % kWarpsN == 0;
                // This lane's chunk of a row, from that of row 0.
                __device__ __forceinline__ u32 row_of(u32 cell, int row) {
                  return (cell ^ row % 8 * 16) + row * 128;
                }
                // Likewise of row `first + warp_n`, where kWarpsN divides `first`.
                __device__ __forceinline__ u32 own_row(u32 to, const Place& at, int first) {
                  return row_of(to, kWarpsDivide ? first : first + at.warp_n);
                }

                // What this lane copies of x: 8 features of every kWarpsN-th row.
                struct Copies {
                  const u16* from;  // of its first row, in unit 0
                  u32 to;           // in slot 0: of its first row where kWarpsDivide, otherwise of row 0
                  u32 k;
                  bool aligned;     // rows of x, to 16 bytes
                  int whole_units;  // in which no row or feature is missing
                };
                __device__ __forceinline__ Copies copies_of_x(const u16* x, int k, u32 ring, const Place& at) {
                  const bool aligned = k % 8 == 0 && reinterpret_cast<u64>(x) % 16 == 0;
                  const u32 cell = ring + at.warp_k * (kStages * kActivationBytes) + at.lane / 8 * kCellBytes + at.lane % 8 * 16;
                  return {x + static_cast<u64>(at.first_column + at.warp_n) * k + at.lane * 8,
                          pinned(kWarpsDivide ? row_of(cell, at.warp_n) : cell), pinned(static_cast<u32>(k)), aligned,
                          aligned && at.columns == kBatch ? k / kUnitK : 0};
                }

                // Columns that the batch lacks are zeros in all slots.
                __device__ __forceinline__ void clear_missing_columns(const Copies& mine, const Place& at) {
                #pragma unroll 1
                  for (int first = 0; first + at.warp_n < kBatch; first += kWarpsN) {
                    for (int slot = 0; slot < kStages && first + at.warp_n >= at.columns; ++slot) {
                      store_shared_4(own_row(mine.to + slot * kActivationBytes, at, first), 0, 0, 0, 0);
                    }
                  }
                }

                // Starts the copies of one unit of x; features past k become 0. Rows that are not aligned are copied element by element.
                __device__ __forceinline__ void stream_activations(const Copies& mine, const Place& at, int unit, int slot) {
                  const u32 to = mine.to + slot * kActivationBytes;
                  const u16* from = mine.from + static_cast<u64>(static_cast<u32>(unit)) * kUnitK;
                  if (unit < mine.whole_units) {
                #pragma unroll
                    for (int first = 0; first < kBatch; first += kWarpsN) {
                      if (first + kWarpsN <= kBatch || first + at.warp_n < kBatch) {
                        copy_16(own_row(to, at, first), from + static_cast<u64>(mine.k) * first, 16);
                      }
                    }
                    return;
                  }
                  const int valid = static_cast<int>(mine.k) - unit * kUnitK - at.lane * 8;
                #pragma unroll 1
                  for (int first = 0; first + at.warp_n < at.columns; first += kWarpsN) {
                    const u16* row = from + static_cast<u64>(mine.k) * first;
                    const u32 into = own_row(to, at, first);
                    if (mine.aligned) {
                      copy_16(into, valid > 0 ? row : mine.from, valid >= 8 ? 16 : valid > 0 ? valid * 2 : 0);
                    } else {
                #pragma unroll
                      for (int e = 0; e < 8; ++e) {
                        store_shared_16bit(into + e * 2, e < valid ? row[e] : static_cast<u16>(0));
                      }
                    }
                  }
                }
                """);
  }
}
