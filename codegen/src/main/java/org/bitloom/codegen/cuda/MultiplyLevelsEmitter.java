package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.target.MmaAtom;
import org.bitloom.runtime.api.ActivationType;

/** Emits weights looked up in registers, and their products by single warps, with activations loaded into registers. */
final class MultiplyLevelsEmitter {
  private static final String SIGNS_OF_PAIR = "slot + (r * kPlanes + p) * 512 + pair * 8";

  private MultiplyLevelsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream, ActivationType x) {
    return StagePart.empty()
        .constants(MultiplyWeightsEmitter.onlyTileStep("kCellBytes"))
        .functions(MmaText.wrapper(switch (x) {
          case F16 -> MmaAtom.M16N8K16_F16;
          case BF16 -> MmaAtom.M16N8K16_BF16;
        }) + MultiplyWeightsEmitter.TOTALS
            + LevelsText.coded(stream, x, SIGNS_OF_PAIR) + WARP + MultiplyWeightsEmitter.STORE);
  }

  private static final String WARP = """
      // Adds one unit.
      template <int Tiles>
      __device__ __forceinline__ void multiply(u32 slot, u32 x, const Place& at, Totals<Tiles>& total) {
        Coded coded[kRowTiles];
      #pragma unroll
        for (int pair = 0; pair < 2; ++pair) {
      #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
            if (pair * 2 % kFlushCells == 0) {
              coded[r].load_levels(slot, r, pair * 2 / kFlushCells, at);
            }
            coded[r].load_signs(slot, r, pair, at);
          }
      #pragma unroll
          for (int f = 0; f < 4; ++f) {
            u32 fragments[2 * Tiles][2];
            const u32 cells = pair * 2 * kCellBytes;
            if (Tiles == 1) {
              load_matrices((x ^ (f * 32)) + cells, fragments);
            } else {
      #pragma unroll
              for (int j = 0; j < 2 * Tiles; j += 2) {
                load_matrices((x ^ (f * 32)) + cells + j / Tiles * kCellBytes + j % Tiles * kTileBytes, fragments + j);
              }
            }
      #pragma unroll
            for (int r = 0; r < kRowTiles; ++r) {
              u32 weights[2][4];
              coded[r].weights(f, weights);
      #pragma unroll
              for (int j = 0; j < 2 * Tiles; ++j) {
                mma(total.v[r][j % Tiles], weights[j / Tiles], fragments[j][0], fragments[j][1]);
              }
            }
          }
        }
      }

      """;
}
