package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.codegen.target.MmaAtom;

/**
 * Emits signs times bits. Words of rows g and g + 8 of two cells are an operand of 128 features. With signs s of 0 and 1 and
 * activations {@code step * sum of weight * bit}, a product of +-1 is
 * {@code step * (2 * sum over bits of weight * count - sum of numbers)}, where a count is what a binary MMA adds up: of features whose sign and bit are both 1. A lane of a quad has four of the 16 bits, and their sums until the end of its rows.
 */
final class MultiplyBitsEmitter {
  private MultiplyBitsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream) {
    return StagePart.empty()
        .functions(SignText.TURNED_BACK + wrapper()
            + """
                // Planes whose products overlap; more would not fit in registers.
                constexpr int kPlaneUnroll = kThreads * BLOCKS > 512 ? 1 : kThreads * BLOCKS * kBatchTiles > 256 ? 2 : 4;

                // Totals of a warp: [tile][column][rows g and g + 8], of a lane's four bits, in the smallest one's weight times 2.
                template <int Tiles>
                struct Totals {
                  float v[kRowTiles][Tiles][2];
                };

                // Adds one unit: total += step * sum of scale * (sum of +-numbers) over the planes%s.
                template <int Tiles>
                __device__ __forceinline__ void multiply(u32 slot, u32 bits, u32 sums, int unit, const Place& at,
                                                         Totals<Tiles>& total) {
                  const int g = at.lane / 4;
                  const int t = at.lane %% 4;
                  const u32 top = t == 3 ? static_cast<u32>(-8) : 8u;  // the highest bit of 16 counts as negative
                  u32 x[Tiles][4];
                #pragma unroll
                  for (int j = 0; j < Tiles; ++j) {
                    load_shared_4(bits + (unit * at.columns + min(j, at.columns - 1)) * kColumnBytes + at.lane * 16, x[j]);
                  }
                #pragma unroll
                  for (int r = 0; r < kRowTiles; ++r) {
                    float scaled[kFlushes][Tiles][2] = {};
                    float rank_one[kFlushes][2];  // the offset, less all scales
                #pragma unroll
                    for (int h = 0; h < kFlushes; ++h) {
                %s    }
                #pragma unroll kPlaneUnroll
                    for (int p = 0; p < kPlanes; ++p) {
                      u32 words[4];
                      load_shared_4(slot + (r * kPlanes + p) * 512 + at.lane * 16, words);
                #pragma unroll
                      for (int h = 0; h < kFlushes; ++h) {
                        u32 acc[Tiles][2][4] = {};
                #pragma unroll
                        for (int c = h * kFlushCells / 2 * 2; c < (h + 1) * kFlushCells; c += 2) {
                          u32 signs[2] = {turned_back(words[c], p), turned_back(words[c + 1], p)};
                          if (kFlushCells == 1) {
                            signs[0] &= h %% 2 == 0 ? kFirstCell : ~kFirstCell;
                            signs[1] &= h %% 2 == 0 ? kFirstCell : ~kFirstCell;
                          }
                #pragma unroll
                          for (int j = 0; j < Tiles; ++j) {
                #pragma unroll
                            for (int i = 0; i < 2; ++i) {
                              count(acc[j][i], signs, x[j][c + i]);
                            }
                          }
                        }
                        const u32 scales = parameters(slot, r, p, h, g);
                        const float low = low_f32(scales);
                        const float high = high_f32(scales);
                        rank_one[h][0] -= low;
                        rank_one[h][1] -= high;
                #pragma unroll
                        for (int j = 0; j < Tiles; ++j) {
                          const u32 v0 = acc[j][0][0] + 2 * acc[j][0][1] + 4 * acc[j][1][0] + top * acc[j][1][1];
                          const u32 v1 = acc[j][0][2] + 2 * acc[j][0][3] + 4 * acc[j][1][2] + top * acc[j][1][3];
                          scaled[h][j][0] = fmaf(low, static_cast<float>(static_cast<int>(v0)), scaled[h][j][0]);
                          scaled[h][j][1] = fmaf(high, static_cast<float>(static_cast<int>(v1)), scaled[h][j][1]);
                        }
                      }
                    }
                #pragma unroll
                    for (int h = 0; h < kFlushes; ++h) {
                #pragma unroll
                      for (int j = 0; j < Tiles; ++j) {
                        u32 factors[2];
                        load_shared_2(sums + ((unit * kFlushes + h) * at.columns + min(j, at.columns - 1)) * kSumBytes, factors);
                        const float step = __uint_as_float(factors[0]);
                        const float half = t == 0 ? __uint_as_float(factors[1]) : 0.0f;
                        total.v[r][j][0] = fmaf(half, rank_one[h][0], fmaf(step, scaled[h][j][0], total.v[r][j][0]));
                        total.v[r][j][1] = fmaf(half, rank_one[h][1], fmaf(step, scaled[h][j][1], total.v[r][j][1]));
                      }
                    }
                  }
                }

                """
                .formatted(stream.offsets() == 0 ? "" : ", and offset * sum of x",
                    stream.offsets() == 0 ? NO_OFFSET : OFFSET)
            + STORE);
  }

  private static final String OFFSET = """
            const u32 offsets = parameters(slot, r, kPlanes, h, g);
            rank_one[h][0] = low_f32(offsets);
            rank_one[h][1] = high_f32(offsets);
      """;

  private static final String NO_OFFSET = """
            rank_one[h][0] = 0;
            rank_one[h][1] = 0;
      """;

  private static final String STORE = """
      // Adds this warp's totals to those of earlier windows, where the block adds them up: [kWarpsK][columns][kTotalStride].
      template <int Tiles>
      __device__ __forceinline__ void store_totals(float* totals, const Totals<Tiles>& total, const Place& at, bool first) {
        const float weight = static_cast<float>(2 << (at.lane % 4 * 4));
      #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
      #pragma unroll
          for (int j = 0; j < Tiles; ++j) {
            float v[2];
      #pragma unroll
            for (int i = 0; i < 2; ++i) {
              v[i] = weight * total.v[r][j][i];
              v[i] += __shfl_xor_sync(0xffffffffu, v[i], 1);
              v[i] += __shfl_xor_sync(0xffffffffu, v[i], 2);
            }
            const int row = at.lane % 4 * 8 + at.lane / 4;
            if (at.lane % 4 < 2 && j < at.columns) {
              float* to = totals + (at.warp_k * at.columns + j) * kTotalStride + (at.warp_n * kRowTiles + r) * 16 + row;
              const float own = at.lane % 4 == 0 ? v[0] : v[1];
              *to = first ? own : *to + own;
            }
          }
        }
      }
      """;

  private static String wrapper() {
    MmaAtom atom = MmaAtom.M16N8K128_B1_AND;
    return """
        // Adds to acc[16 x 8] how many of 128 bits are 1 in a row of a and in a column of b (%s).
        __device__ __forceinline__ void count(u32 (&acc)[4], const u32 (&a)[2], u32 b) {
          asm("%s {%%0, %%1, %%2, %%3}, {%%4, %%5}, {%%6}, {%%0, %%1, %%2, %%3};"
              : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3])
              : "r"(a[0]), "r"(a[1]), "r"(b));
        }

        // Where the signs of the first of two cells are in a word that is turned back.
        constexpr u32 kFirstCell = 0x%08xu;

        """
        .formatted(atom.section(), atom.mnemonic(), SignLayout.FIRST_CELL);
  }
}
