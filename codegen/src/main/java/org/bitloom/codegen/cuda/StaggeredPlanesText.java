package org.bitloom.codegen.cuda;

/**
 * The work on tiles of 256 columns of bit planes, whose two halves have accumulators of their own. The first and the last two
 * stages are multiplied half by half, so that Tensor Cores work on one half while results of the other leave.
 */
final class StaggeredPlanesText {
  private StaggeredPlanesText() {
  }

  static final String CONSTANTS = """
      constexpr int kColumns = kBatch / 2;               // columns of a set of accumulators
      constexpr int kTokenBuffers = 2;
      constexpr int kLeastChunks = kWeightPlanes * kActivationPlanes == 1 ? 4 : 2;  // the first two stages and the last two differ
      """;

  /** The loop over tiles up to where a tile has left by half; %begin% is what all parts keep, %prepare% what each tile fetches. */
  private static final String TILE = """
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
      const u32 own = base + kTileBytes + (4 * group + warp % 4) * kStripBytes + 16 * lane;
      int keep[2] = {0, 0};
      int chunk = 0;
      // Loads the weights of the next stage as soon as they are there; returns where the stage lies.
      const auto fetch = [&](u32 (&to)[kStageUnits][4]) {
        const u32 slot = rings.stages.slot * kSlotBytes;
        const int units = row / 16 + warp % 4 < in.strips ? max(0, in.units - chunk * kStageUnits) : 0;
        chunk = chunk + 1 == chunks ? 0 : chunk + 1;
        rings.stages.wait_full();
        load_stage(own + slot, units, to);
        rings.stages.next();
        return base + slot;
      };
      const auto first_half = [&](u32 (&weights)[kStageUnits][4], u32 slot) { issue(d[0], weights, slot, keep[0]); };
      const auto second_half = [&](u32 (&weights)[kStageUnits][4], u32 slot) {
        issue(d[1], weights, slot + 128 * kColumns, keep[1]);
      };
      Levels level(chunks);
      // Before products of the next stage; those under way are done where sums double.
      const auto descend = [&] {
        if (level.lower()) {
          wait_groups<0>();
          double_sums(d[0]);
          double_sums(d[1]);
        }
      };
      // A stage of both halves; gives up the one before.
      const auto both_halves = [&](u32 (&weights)[kStageUnits][4]) {
        descend();
        const u32 slot = fetch(weights);
        first_half(weights, slot);
        second_half(weights, slot);
        wait_groups<2>();
        rings.stages.release_oldest();
      };
      const int steps = kWeightPlanes * kActivationPlanes * chunks;
      u32 slots[2];
      // The first half of the first two stages, of the highest level.
      const auto begin = [&] {
        level = Levels(chunks);
        level.lower();
        slots[0] = fetch(a[0]);
        first_half(a[0], slots[0]);
        level.lower();
        slots[1] = fetch(a[1]);
        first_half(a[1], slots[1]);
      };
      int t = blockIdx.x;
      enter(t);
      begin();
      #pragma unroll 1
      while (true) {
        second_half(a[0], slots[0]);
        second_half(a[1], slots[1]);
        wait_groups<1>();
        rings.stages.release_oldest();
      #pragma unroll 1
        for (int step = 4; step < steps; step += 2) {
          both_halves(a[0]);
          if (step + 1 < steps) {
            both_halves(a[1]);
          } else {
            wait_groups<0>();
          }
        }
        descend();
        slots[0] = fetch(a[0]);
        first_half(a[0], slots[0]);
        wait_groups<1>();
        rings.stages.release_oldest();
        level.lower();
        slots[1] = fetch(a[1]);
        first_half(a[1], slots[1]);
        second_half(a[0], slots[0]);
        second_half(a[1], slots[1]);
        wait_groups<2>();
        const Exit leaving = exit();
        leave(d[0], 0, 0, leaving, staged, y, n, m);
        leave(d[0], kColumns / 16, kColumns / 2, leaving, staged, y, n, m);
        wait_groups<0>();
        rings.stages.release_oldest();
        rings.stages.release_oldest();
      """;

  /** Takes the place of the loop over tiles. */
  static final String LOOP = TILE + """
        t += gridDim.x;
        const bool more = t < tiles.count();
        if (more) {
          enter(t);
          keep[0] = keep[1] = 0;
          begin();
        }
        leave(d[1], 0, kColumns, leaving, staged, y, n, m);
        leave(d[1], kColumns / 16, kColumns / 2 * 3, leaving, staged, y, n, m);
        if (!more) {
          break;
        }
      }
      """;

  /**
   * The same where the last tiles are halved. Ways out differ where another tile follows: ptxas follows products to the next tile
   * only where no condition lies between, and would serialize those of a half.
   */
  static final String HALVED_LOOP = TILE + """
        t += gridDim.x;
        if (t >= tiles.whole) {
          leave(d[1], 0, kColumns, leaving, staged, y, n, m);
          leave(d[1], kColumns / 16, kColumns / 2 * 3, leaving, staged, y, n, m);
          break;
        }
        enter(t);
        keep[0] = keep[1] = 0;
        begin();
        leave(d[1], 0, kColumns, leaving, staged, y, n, m);
        leave(d[1], kColumns / 16, kColumns / 2 * 3, leaving, staged, y, n, m);
      }
      if (t < tiles.count()) {
        // Half of a tile, stage by stage.
        enter(t);
        keep[0] = 0;
        level = Levels(chunks);
        slots[0] = fetch(a[0]);
      #pragma unroll 1
        for (int step = 0; step < steps; step += 2) {
      #pragma unroll
          for (int half = 0; half < 2; ++half) {
            if (step + half == steps) {
              break;
            }
            if (level.lower()) {
              wait_groups<0>();
              double_sums(d[0]);
            }
            first_half(a[half], slots[half]);
            if (step + half > 0) {
              wait_groups<1>();
              rings.stages.release_oldest();
            }
            if (step + half + 1 < steps) {
              slots[half ^ 1] = fetch(a[half ^ 1]);
            }
          }
        }
        wait_groups<0>();
        rings.stages.release_oldest();
        const Exit leaving = exit();
        leave(d[0], 0, 0, leaving, staged, y, n, m);
        leave(d[0], kColumns / 16, kColumns / 2, leaving, staged, y, n, m);
      }
      """;
}
