package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.target.MmaAtom;

/**
 * Emits signs times digits: a sign is one bit of a byte, 8 in rows g and -128 in rows g + 8, and accumulators start at minus
 * half of that times the digits' sum, so that they end as exact sums of +-digits, times 4 and -64.
 */
final class MultiplyDigitsEmitter {
  private MultiplyDigitsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream) {
    return StagePart.of()
        .functions(wrapper()
            + """
                // Planes whose products overlap; more would not fit in registers.
                constexpr int kPlaneUnroll = kRowTiles == 1 ? 2 : 1;

                // Totals of a warp: [tile][4 columns, one for each lane of a quad][rows g and g + 8].
                template <int Tiles>
                struct Totals {
                  float v[kRowTiles][Tiles][2];
                };

                // Adds one unit: total += scale * step * sum of +-digits for each plane%s.
                template <int Tiles>
                __device__ __forceinline__ void multiply(u32 slot, u32 digits, u32 sums, int unit, const Place& at,
                                                         Totals<Tiles>& total) {
                  const int g = at.lane / 4;
                  const int t = at.lane %% 4;
                  const float magic = __uint_as_float(kMagic);
                #pragma unroll
                  for (int h = 0; h < kFlushes; ++h) {
                    u32 x[Tiles][kFlushCells][4], start[Tiles][4], factors[Tiles][4];
                #pragma unroll
                    for (int j = 0; j < Tiles; ++j) {
                      const int column = min(8 * j + g, 2 * at.columns - 1);
                #pragma unroll
                      for (int c = 0; c < kFlushCells; ++c) {
                        const int cell = unit * 4 + h * kFlushCells + c;
                        load_shared_4(digits + (cell * 2 * at.columns + column) * 64 + t * 16, x[j][c]);
                      }
                      const u32 sum = sums + ((unit * kFlushes + h) * at.columns + min(4 * j + t, at.columns - 1)) * kSumBytes;
                      load_shared_4(sum, start[j]);
                      load_shared_4(sum + 16, factors[j]);
                    }
                #pragma unroll
                    for (int r = 0; r < kRowTiles; ++r) {
                #pragma unroll kPlaneUnroll
                      for (int p = 0; p < kPlanes; ++p) {
                        u32 words[4];
                        load_shared_4(slot + (r * kPlanes + p) * 512 + at.lane * 16, words);
                        u32 acc[Tiles][4];
                #pragma unroll
                        for (int j = 0; j < Tiles; ++j) {
                #pragma unroll
                          for (int i = 0; i < 4; ++i) {
                            acc[j][i] = start[j][i];
                          }
                        }
                #pragma unroll
                        for (int c = 0; c < kFlushCells; ++c) {
                          const u32 w = words[h * kFlushCells + c];
                #pragma unroll
                          for (int f = 0; f < 4; f += 2) {
                            const u32 signs[4] = {w << (3 - f) & 0x08080808u, w << (3 - f) & 0x80808080u,
                                                  w << (2 - f) & 0x08080808u, w << (2 - f) & 0x80808080u};
                #pragma unroll
                            for (int j = 0; j < Tiles; ++j) {
                              mma(acc[j], signs, x[j][c][f], x[j][c][f + 1]);
                            }
                          }
                        }
                        const u32 scales = parameters(slot, r, p, h, g);
                        const float low = low_f32(scales);
                        const float high = high_f32(scales);
                #pragma unroll
                        for (int j = 0; j < Tiles; ++j) {
                          const float v0 = fmaf(__uint_as_float(acc[j][1]) - magic, 256.0f, __uint_as_float(acc[j][0]) - magic);
                          const float v1 = fmaf(__uint_as_float(acc[j][3]) - magic, 256.0f, __uint_as_float(acc[j][2]) - magic);
                          total.v[r][j][0] = fmaf(low * __uint_as_float(factors[j][0]), v0, total.v[r][j][0]);
                          total.v[r][j][1] = fmaf(high * __uint_as_float(factors[j][1]), v1, total.v[r][j][1]);
                        }
                      }
                %s    }
                  }
                }

                // Leaves this warp's totals where the block adds them up: [kWarpsK][columns][kTotalStride].
                template <int Tiles>
                __device__ __forceinline__ void store_totals(float* totals, const Totals<Tiles>& total, const Place& at) {
                #pragma unroll
                  for (int r = 0; r < kRowTiles; ++r) {
                #pragma unroll
                    for (int j = 0; j < Tiles; ++j) {
                      const int column = 4 * j + at.lane %% 4;
                      if (column < at.columns) {
                        float* to = totals + (at.warp_k * at.columns + column) * kTotalStride
                            + (at.warp_n * kRowTiles + r) * 16 + at.lane / 4;
                        to[0] = total.v[r][j][0];
                        to[8] = total.v[r][j][1];
                      }
                    }
                  }
                }
                """
                .formatted(stream.offsets() == 0 ? "" : ", and offset * sum of x",
                    stream.offsets() == 0 ? "" : OFFSET));
  }

  private static final String OFFSET = """
            const u32 offsets = parameters(slot, r, kPlanes, h, g);
      #pragma unroll
            for (int j = 0; j < Tiles; ++j) {
              total.v[r][j][0] = fmaf(low_f32(offsets), __uint_as_float(factors[j][2]), total.v[r][j][0]);
              total.v[r][j][1] = fmaf(high_f32(offsets), __uint_as_float(factors[j][2]), total.v[r][j][1]);
            }
      """;

  private static String wrapper() {
    MmaAtom atom = MmaAtom.M16N8K32_S8;
    return """
        // acc[16 x 8] += a[16 x 32] * b[32 x 8] (%s).
        __device__ __forceinline__ void mma(u32 (&acc)[4], const u32 (&a)[4], u32 b0, u32 b1) {
          asm("%s {%%0, %%1, %%2, %%3}, {%%4, %%5, %%6, %%7}, {%%8, %%9}, {%%0, %%1, %%2, %%3};"
              : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3])
              : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
        }

        """.formatted(atom.section(), atom.mnemonic());
  }
}
