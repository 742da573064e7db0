package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.target.MmaAtom;

import static org.bitloom.codegen.cuda.PtxInstruction.HALVES;
import static org.bitloom.codegen.cuda.PtxInstruction.LDMATRIX;

/**
 * Emits weights put together in f16 and their products: a shift moves the signs of two weights to the signs of the scale in a
 * register. The smallest scales come first, so that only the last sum is rounded at the size of the weight.
 */
final class MultiplyWeightsEmitter {
  private MultiplyWeightsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream) {
    return StagePart.of(LDMATRIX, HALVES)
        .functions(MmaText.wrapper(MmaAtom.M16N8K16_F16)
            + """
                // Totals of a warp, as the MMA accumulates them.
                template <int Tiles>
                struct Totals {
                  float v[kRowTiles][Tiles][4];
                };

                // Adds one unit.
                template <int Tiles>
                __device__ __forceinline__ void multiply(u32 slot, u32 x, u32 sums, int unit, const Place& at, Totals<Tiles>& total) {
                  const int g = at.lane / 4;
                  u32 words[kRowTiles][kPlanes][4];
                #pragma unroll
                  for (int r = 0; r < kRowTiles; ++r) {
                #pragma unroll
                    for (int p = 0; p < kPlanes; ++p) {
                      load_shared_4(slot + (r * kPlanes + p) * 512 + at.lane * 16, words[r][p]);
                    }
                  }
                #pragma unroll
                  for (int h = 0; h < kFlushes; ++h) {
                    // For rows g and g + 8, each twice in a register.
                    u32 scales[kRowTiles][kPlanes][2], base[kRowTiles][2];
                #pragma unroll
                    for (int r = 0; r < kRowTiles; ++r) {
                      const u32 offsets = %s;
                      base[r][0] = __byte_perm(offsets, 0, 0x1010);
                      base[r][1] = __byte_perm(offsets, 0, 0x3232);
                #pragma unroll
                      for (int p = 0; p < kPlanes; ++p) {
                        const u32 pair = parameters(slot, r, p, h, g);
                        scales[r][p][0] = __byte_perm(pair, 0, 0x1010);
                        scales[r][p][1] = __byte_perm(pair, 0, 0x3232);
                      }
                    }
                #pragma unroll
                    for (int c = 0; c < kFlushCells; ++c) {
                      const int cell = h * kFlushCells + c;
                #pragma unroll
                      for (int f = 0; f < 4; ++f) {
                        u32 fragments[Tiles + Tiles %% 2][2];
                #pragma unroll
                        for (int j = 0; j < Tiles; j += 2) {
                          const int matrix = at.lane / 8;
                          const int row = min((j + matrix / 2) * 8 + (at.lane & 7), at.columns - 1);
                          load_matrices(activation_chunk(x, row, cell * 8 + f * 2 + matrix %% 2), &fragments[j]);
                        }
                #pragma unroll
                        for (int r = 0; r < kRowTiles; ++r) {
                          u32 weights[4];
                #pragma unroll
                          for (int i = 0; i < 4; ++i) {
                            const int bit = 8 * (i / 2) + 4 * (i %% 2) + f;
                            u32 v = base[r][i %% 2];
                #pragma unroll
                            for (int p = kPlanes - 1; p >= 0; --p) {
                              v = sub_f16x2(v, (words[r][p][cell] << (15 - bit) & 0x80008000u) ^ scales[r][p][i %% 2]);
                            }
                            weights[i] = v;
                          }
                #pragma unroll
                          for (int j = 0; j < Tiles; ++j) {
                            mma(total.v[r][j], weights, fragments[j][0], fragments[j][1]);
                          }
                        }
                      }
                    }
                  }
                }

                // Leaves this warp's totals where the block adds them up: [kWarpsK][columns][kTotalStride].
                template <int Tiles>
                __device__ __forceinline__ void store_totals(float* totals, const Totals<Tiles>& total, const Place& at) {
                #pragma unroll
                  for (int r = 0; r < kRowTiles; ++r) {
                #pragma unroll
                    for (int j = 0; j < Tiles; ++j) {
                #pragma unroll
                      for (int i = 0; i < 4; ++i) {
                        const int column = 8 * j + at.lane %% 4 * 2 + i %% 2;
                        if (column < at.columns) {
                          totals[(at.warp_k * at.columns + column) * kTotalStride + (at.warp_n * kRowTiles + r) * 16 + at.lane / 4
                              + 8 * (i / 2)] = total.v[r][j][i];
                        }
                      }
                    }
                  }
                }
                """
                .formatted(stream.offsets() == 0 ? "0" : "parameters(slot, r, kPlanes, h, g)"));
  }
}
