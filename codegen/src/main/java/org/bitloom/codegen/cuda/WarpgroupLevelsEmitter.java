package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.WarpgroupIr;
import org.bitloom.codegen.target.WarpgroupAtom;

/**
 * Emits what a warpgroup does with each pair of 16 x 64 cells of binary-coded weights: look its fragments up, two of each cell at a
 * time, and multiply them with 128 features of the activations. While products of one set run, the next is looked up.
 */
final class WarpgroupLevelsEmitter {
  private static final String SIGNS_OF_PAIR = "slot + ((r * kUnitsPerStage + pair / 2) * kPlanes + p) * kUnitBytes + pair % 2 * 8";

  private WarpgroupLevelsEmitter() {
  }

  static StagePart emit(WarpgroupIr.LookedUp ir, WarpgroupAtom atom) {
    return StagePart.empty()
        .constants(
            """
                constexpr int kSets = 2;                    // of four fragments: while products read one, the next is looked up
                constexpr int kFewerTiles = kRowTiles - 1;  // where a warpgroup has no more
                """)
        .functions(
            WarpgroupText.wrapper(atom, 8) + WarpgroupText.SETTLE + LevelsText.coded(ir.signs(), ir.x(), SIGNS_OF_PAIR))
        .setup("""
            float total[kRowTiles][kBatchTiles][4];
            #pragma unroll
            for (int r = 0; r < kRowTiles; ++r) {
              clear(total[r]);
            }
            """)
        .cell(PAIRS)
        .finish("""
            #pragma unroll
            for (int r = 0; r < kRowTiles; ++r) {
              settle(total[r]);
            }
            """);
  }

  /** The products of the stage before are done when as many groups as there are sets have been started in this one. */
  private static final String PAIRS = """
      #pragma unroll
      for (int r = 0; r < own_tiles; ++r) {
        Coded coded;
      #pragma unroll
        for (int pair = 0; pair < 2 * kUnitsPerStage; ++pair) {
          if (pair * 2 % kFlushCells == 0) {
            coded.load_levels(slot, r, pair * 2 / kFlushCells, at);
          }
          coded.load_signs(slot, r, pair, at);
          const u64 tile = describe(activations + turn.slot * kActivationBytes + pair * 2 * kTileBytes);
      #pragma unroll
          for (int half = 0; half < 2; ++half) {
            u32 (&weights)[4][4] = sets[half];
            wait_groups<1>();
      #pragma unroll
            for (int f = 0; f < 2; ++f) {
              u32 both[2][4];
              coded.weights(half * 2 + f, both);
      #pragma unroll
              for (int i = 0; i < 4; ++i) {
                weights[f * 2][i] = both[0][i];
                weights[f * 2 + 1][i] = both[1][i];
              }
            }
            hold(weights);
            if (r == 0 && pair == 0 && half == kSets - 1) {
              release(stage > at.first_stage);
            }
            open_group();
      #pragma unroll
            for (int f = 0; f < 2; ++f) {
              multiply(total[r], weights[f * 2], tile + 2 * (half * 2 + f), 1);
              multiply(total[r], weights[f * 2 + 1], tile + kTileBytes / 16 + 2 * (half * 2 + f), 1);
            }
            close_group();
          }
        }
      }
      """;
}
