package org.bitloom.codegen.cuda;

/** How the blocks of a kernel that stay share its output tiles. */
final class TilesText {
  private TilesText() {
  }

  static final String WHOLE = """
      // Output tiles, in an order that lets blocks that run at a time share weights and activations in L2.
      struct Tiles {
        int along_n, along_m;

        __device__ __forceinline__ Tiles(int n, int m) : along_n((n + kRows - 1) / kRows), along_m((m + kBatch - 1) / kBatch) {}

        __device__ __forceinline__ int count() const { return along_n * along_m; }

        // First output feature and first batch column of tile t.
        __device__ __forceinline__ void place(int t, int& row, int& column) const {
          const int group = t / (kGroup * along_n);
          const int inside = t % (kGroup * along_n);
          const int width = min(kGroup, along_m - group * kGroup);
          row = inside / width * kRows;
          column = (group * kGroup + inside % width) * kBatch;
        }
      };

      """;

  static final String HALVED = """
      // Output tiles, in an order that lets blocks that run at a time share weights and activations in L2. What whole rounds of
      // blocks leave is worked off in halves of tiles of 256 columns, if there is a block for each of them.
      struct Tiles {
        int along_n, along_m;
        int whole;  // tiles; halves of tiles follow

        __device__ __forceinline__ Tiles(int n, int m) : along_n((n + kRows - 1) / kRows), along_m((m + kBatch - 1) / kBatch) {
          const int blocks = static_cast<int>(gridDim.x);
          const int all = along_n * along_m;
          const int rest = all % blocks;
          whole = kBatch == 256 && 2 * rest <= blocks ? all - rest : all;
        }

        __device__ __forceinline__ int count() const { return whole + 2 * (along_n * along_m - whole); }
        __device__ __forceinline__ bool is_half(int t) const { return kBatch == 256 && t >= whole; }

        // First output feature and first batch column of t.
        __device__ __forceinline__ void place(int t, int& row, int& column) const {
          const int tile = is_half(t) ? whole + (t - whole) / 2 : t;
          const int group = tile / (kGroup * along_n);
          const int inside = tile % (kGroup * along_n);
          const int width = min(kGroup, along_m - group * kGroup);
          row = inside / width * kRows;
          column = (group * kGroup + inside % width) * kBatch + (is_half(t) ? (t - whole) % 2 * (kBatch / 2) : 0);
        }
      };

      """;
}
