package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;

/**
 * Emits the look-ups: half of a warp works on each of two row tiles, and both halves on the same two lanes' shares of a quad at
 * a time, so that one table read of a warp has no bank conflict.
 */
final class LookUpEmitter {
  private LookUpEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream) {
    return StagePart.empty()
        .functions(SignText.TURNED_BACK
            + """
                // Totals of a lane: [two tiles][columns][rows g and g + 8] over the features of every second lane of a quad.
                template <int Tiles>
                struct Totals {
                  float v[kRowTiles / 2][Tiles][2];
                };

                // Adds one unit: total += scale * sum of +-x for each plane%s.
                template <int Tiles>
                __device__ __forceinline__ void multiply(u32 slot, u32 tables, u32 sums, int unit, const Place& at,
                                                         Totals<Tiles>& total) {
                  const int g = at.lane / 2 %% 8;
                  const int t = at.lane %% 2;
                  const u32 table = tables + unit * at.columns * kColumnBytes + t * 64;
                #pragma unroll
                  for (int r = 0; r < kRowTiles / 2; ++r) {
                    const int tile = 2 * r + at.lane / 16;
                #pragma unroll
                    for (int p = 0; p < kPlanes; ++p) {
                      float acc[kFlushes][Tiles][2] = {};
                #pragma unroll
                      for (int s = 0; s < 2; ++s) {
                        u32 words[4];
                        load_shared_4(slot + (tile * kPlanes + p) * 512 + (4 * g + 2 * s + t) * 16, words);
                #pragma unroll
                        for (int w = 0; w < 4; ++w) {
                          const u32 signs = turned_back(words[w], p);
                #pragma unroll
                          for (int half = 0; half < 8; ++half) {
                            const int cell = FIRST_WORD + CELL_OF_WORDS;
                            const u32 key = half == 0 ? signs << 2 : signs >> (4 * half - 2);
                            const u32 entry = (key & 0x3cu) | table;
                #pragma unroll
                            for (int j = 0; j < Tiles; ++j) {
                              acc[cell / kFlushCells][j][w %% 2] += __uint_as_float(
                                  load_shared(entry + j * kColumnBytes + cell * 1024 + half / 2 * 256 + s * 128));
                            }
                          }
                        }
                      }
                #pragma unroll
                      for (int h = 0; h < kFlushes; ++h) {
                        const u32 scales = parameters(slot, tile, p, h, g);
                #pragma unroll
                        for (int j = 0; j < Tiles; ++j) {
                          total.v[r][j][0] = fmaf(low_f32(scales), acc[h][j][0], total.v[r][j][0]);
                          total.v[r][j][1] = fmaf(high_f32(scales), acc[h][j][1], total.v[r][j][1]);
                        }
                      }
                    }
                %s  }
                }

                // Leaves this warp's totals where the block adds them up: [kWarpsK][columns][kTotalStride].
                template <int Tiles>
                __device__ __forceinline__ void store_totals(float* totals, const Totals<Tiles>& total, const Place& at) {
                  const int t = at.lane %% 2;
                #pragma unroll
                  for (int r = 0; r < kRowTiles / 2; ++r) {
                #pragma unroll
                    for (int j = 0; j < Tiles; ++j) {
                #pragma unroll
                      for (int i = 0; i < 2; ++i) {
                        const float v = total.v[r][j][i] + __shfl_xor_sync(0xffffffffu, total.v[r][j][i], 1);
                        const int row = (at.warp_n * kRowTiles + 2 * r + at.lane / 16) * 16 + at.lane / 2 %% 8 + 8 * i;
                        if (t == i && j < at.columns) {
                          totals[(at.warp_k * at.columns + j) * kTotalStride + row] = v;
                        }
                      }
                    }
                  }
                }
                """
                .formatted(stream.offsets() == 0 ? "" : ", and offset * sum of x",
                    stream.offsets() == 0 ? "" : OFFSET)
                .replace("FIRST_WORD", SignLayout.firstWordOfCell("w"))
                .replace("CELL_OF_WORDS", SignLayout.cellOfWords("half")));
  }

  private static final String OFFSET = """
      #pragma unroll
          for (int h = 0; h < kFlushes; ++h) {
            const u32 offsets = parameters(slot, tile, kPlanes, h, g);
      #pragma unroll
            for (int j = 0; j < Tiles; ++j) {
              const u32 at_sum = sums + ((unit * kFlushes + h) * at.columns + j) * kSumBytes;
              const float sum = __uint_as_float(load_shared(at_sum + 4 * t));
              total.v[r][j][0] = fmaf(low_f32(offsets), sum, total.v[r][j][0]);
              total.v[r][j][1] = fmaf(high_f32(offsets), sum, total.v[r][j][1]);
            }
          }
      """;
}
