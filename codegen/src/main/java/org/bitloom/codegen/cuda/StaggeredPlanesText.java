package org.bitloom.codegen.cuda;

/**
 * The work on tiles of 256 columns of bit planes, whose two halves have accumulators of their own: products of the second half
 * are some steps behind those of the first, so that Tensor Cores multiply one half while results of the other leave. Weights
 * stay in shared memory until both halves have read them.
 */
final class StaggeredPlanesText {
  private StaggeredPlanesText() {
  }

  static final String CONSTANTS = """
      constexpr int kLag = 1;  // steps that the second half of a tile is behind the first
      constexpr int kColumns = kBatch / 2;               // columns of a set of accumulators
      constexpr int kTokenBuffers = 2;
      constexpr int kLeastChunks = 2;
      constexpr int kPartBytes = 128 * kColumns;
      constexpr int kSecondRing = kStages * kPartBytes;  // the second half's activations
      constexpr int kWeightRing = 2 * kStages * kPartBytes;
      constexpr int kWeightStages = kStages + kLag;
      constexpr int kRingBytes = kWeightRing + kWeightStages * kPlaneBytes;
      """;

  static final String RINGS = """
      struct Rings {
        Ring<kStages> firsts, seconds;
        Ring<kWeightStages> weights;

        __device__ __forceinline__ explicit Rings(u32 barriers)
            : firsts(barriers), seconds(barriers + 16 * kStages), weights(barriers + 32 * kStages) {}
        __device__ __forceinline__ void init() const {
          firsts.init();
          seconds.init();
          weights.init();
        }
      };
      """;

  static final String FILL = """
      Steps behind;
      for (int step = 0; step < steps + kLag; ++step) {
        if (step >= kLag) {
          const u32 arrival = rings.seconds.arrival();
          rings.seconds.wait_empty();
          if (first) {
            arrive_and_expect(arrival, kPartBytes);
            copy_tile(in, base + kSecondRing + rings.seconds.slot * kPartBytes, slab_of(in, behind.chunk), behind.s - behind.i,
                column + kColumns, kPartBytes, arrival);
          }
          __syncwarp();
          rings.seconds.next();
          behind.next(chunks);
        }
        if (step < steps) {
          const int units = max(0, min(kStageUnits, in.units - ahead.chunk * kStageUnits));
          rings.weights.wait_empty();
          if (first) {
            arrive_and_expect(rings.weights.arrival(), 512 * units * strips_of(in, row));
          }
          __syncwarp();
          copy_weights(in, base + kWeightRing + rings.weights.slot * kPlaneBytes, ahead.i, row, ahead.chunk * kStageUnits, units,
              rings.weights.arrival(), copier);
          rings.weights.next();
          rings.firsts.wait_empty();
          if (first) {
            arrive_and_expect(rings.firsts.arrival(), kPartBytes);
            copy_tile(in, base + rings.firsts.slot * kPartBytes, slab_of(in, ahead.chunk), ahead.s - ahead.i, column, kPartBytes,
                rings.firsts.arrival());
          }
          __syncwarp();
          rings.firsts.next();
          ahead.next(chunks);
        }
      }
      """;

  /** Takes the place of the loop over tiles; %prepare% is what each tile fetches. */
  static final String LOOP = """
      int row, column;
      u32 records;
      StoredRows stored;
      %begin%u32 d[2][kColumns / 2];
      u32 a[2][kStageUnits][4];
      // What belongs to tile t.
      const auto enter = [&](int t) {
        tiles.place(t, row, column);
        row += 64 * group;
      %prepare%};
      const int chunks = chunks_of(in);
      const u32 own = base + kWeightRing + (4 * group + warp % 4) * kStripBytes + 16 * lane;
      int keep_first = 0;
      int keep_second = 0;
      int chunk_first = 0;
      int chunk_second = 0;
      // Units of the next stage.
      const auto units = [&](int& chunk) {
        const int first = chunk * kStageUnits;
        chunk = chunk + 1 == chunks ? 0 : chunk + 1;
        return row / 16 + warp % 4 < in.strips ? max(0, in.units - first) : 0;
      };
      // Loads weights for the first half as soon as they are there; no product reads these registers any more.
      const auto first_half = [&] {
        rings.weights.wait_full();
        load_stage(own + rings.weights.slot * kPlaneBytes, units(chunk_first), a[0]);
        rings.weights.next();
        rings.firsts.wait_full();
      };
      const auto issue_first = [&] {
        issue(d[0], a[0], base + rings.firsts.slot * kPartBytes, keep_first);
      };
      // Loads the same weights again for the second half and gives them up.
      const auto second_half = [&] {
        load_stage(own + rings.weights.oldest * kPlaneBytes, units(chunk_second), a[1]);
        rings.seconds.wait_full();
        issue(d[1], a[1], base + kSecondRing + rings.seconds.slot * kPartBytes, keep_second);
        rings.seconds.next();
        rings.weights.release_oldest();
      };
      const auto step_of_both = [&] {
        second_half();
        wait_groups<1>();
        rings.firsts.release_oldest();
        first_half();
        issue_first();
        rings.firsts.next();
        wait_groups<1>();
        rings.seconds.release_oldest();
      };
      int t = blockIdx.x;
      int s = kWeightPlanes + kActivationPlanes - 2;
      enter(t);
      first_half();
      issue_first();
      rings.firsts.next();
      #pragma unroll 1
      while (true) {
        const int steps = (min(s, kWeightPlanes - 1) - max(0, s - kActivationPlanes + 1) + 1) * chunks;
      #pragma unroll 1
        for (int step = 2; step < steps; ++step) {
          step_of_both();
        }
        step_of_both();  // ptxas follows products that are under way in a row of statements, not from one turn to what follows
        second_half();
        wait_groups<1>();
        rings.firsts.release_oldest();
        const bool last = s == 0;
        Exit leaving = {};
        if (last) {
          leaving = exit();
          leave(d[0], 0, 0, leaving, staged, y, n, m);
          leave(d[0], kColumns / 16, kColumns / 2, leaving, staged, y, n, m);
          t += gridDim.x;
          s = kWeightPlanes + kActivationPlanes - 2;
          keep_first = 0;
        } else {
          double_sums(d[0]);
          --s;
        }
        const bool more = !last || t < tiles.count();
        if (more) {
          if (last) {
            enter(t);
          }
          first_half();
        }
        issue_first();  // after the last tile, products that nobody reads
        wait_groups<1>();
        rings.seconds.release_oldest();
        if (last) {
          leave(d[1], 0, kColumns, leaving, staged, y, n, m);
          leave(d[1], kColumns / 16, kColumns / 2 * 3, leaving, staged, y, n, m);
          keep_second = 0;
        } else {
          double_sums(d[1]);
        }
        if (!more) {
          break;
        }
        rings.firsts.next();
      }
      wait_groups<0>();
      """;
}
