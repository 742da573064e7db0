package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.codegen.target.MmaAtom;

/**
 * Emits signs times digits. A sign is one bit of a byte: 8 in rows g and 128 in rows g + 8, half of that in even fragments, whose
 * digits are those of twice the activation, so that two fragments share a word's turn. Accumulators start at minus half of what
 * all bits set would give, and end as exact sums of +-digits, times 4 and 64. They are the bits of f32 numbers near 1.5 * 2^23,
 * so that additions make one exact number of both digits' sums.
 */
final class MultiplyDigitsEmitter {
  private MultiplyDigitsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream) {
    return StagePart.empty()
        .functions(SignText.TURNED_BACK + wrapper()
            + """
                // Planes whose products overlap; more would not fit in registers.
                constexpr int kPlaneUnroll = kThreads * BLOCKS >= 512 || kThreads * BLOCKS * kRowTiles > 512 ? 2 : 4;

                // Totals of a warp: [tile][4 columns, one for each lane of a quad][rows g and g + 8].
                template <int Tiles>
                struct Totals {
                  float v[kRowTiles][Tiles][2];
                };

                // Signs of fragments f and f + 1 of a cell as bytes; words has rows g and g + 8 of the cell and its neighbour.
                __device__ __forceinline__ void sign_bytes(const u32 (&words)[2], int cell, int f, u32 (&signs)[4]) {
                  const u32 upper = turned_right(words[0], BYTE_TURN_UPPER);
                  const u32 lower = turned_right(words[1], BYTE_TURN_LOWER);
                  signs[0] = upper & kEvenUpper;
                  signs[1] = lower & kEvenLower;
                  signs[2] = upper & kOddUpper;
                  signs[3] = lower & kOddLower;
                }

                // Adds one unit: total += step * sum of scale * (sum of +-digits) over the planes%s.
                template <int Tiles>
                __device__ __forceinline__ void multiply(u32 slot, u32 digits, u32 sums, int unit, const Place& at,
                                                         Totals<Tiles>& total) {
                  const int g = at.lane / 4;
                  const int t = at.lane %% 4;
                  // Taken from 256 * high + low, both of which have kMagic added.
                  const float magic = -257.0f * __uint_as_float(kMagic);
                #pragma unroll
                  for (int h = 0; h < kFlushes; ++h) {
                    u32 x[Tiles][kFlushCells][4], start[Tiles][4];
                #pragma unroll
                    for (int j = 0; j < Tiles; ++j) {
                      const int digit = min(8 * j + g, 2 * at.columns - 1);
                      const u32 from = digits + unit * at.columns * kColumnBytes + digit * 256 + digit %% 2 * 64 + t * 16;
                #pragma unroll
                      for (int c = 0; c < kFlushCells; ++c) {
                        const int cell = h * kFlushCells + c;
                        load_shared_4((cell %% 2 == 0 ? from : from ^ 64) + cell / 2 * 128, x[j][c]);
                      }
                      load_shared_4(sums + ((unit * kFlushes + h) * at.columns + min(4 * j + t, at.columns - 1)) * kSumBytes, start[j]);
                    }
                #pragma unroll
                    for (int r = 0; r < kRowTiles; ++r) {
                      float scaled[Tiles][2] = {};
                #pragma unroll kPlaneUnroll
                      for (int p = 0; p < kPlanes; ++p) {
                        u32 words[2];
                        u32 acc[Tiles][4];
                #pragma unroll
                        for (int c = 0; c < kFlushCells; ++c) {
                          const int cell = h * kFlushCells + c;
                          if (c == 0 || CELL_OF_WORDS == 0) {
                            load_shared_2(slot + (r * kPlanes + p) * 512 + 4 * (FIRST_WORD) + at.lane * 16, words);
                            words[0] = turned_back(words[0], p);
                            words[1] = turned_back(words[1], p);
                          }
                          u32 signs[2][4];
                          sign_bytes(words, CELL_OF_WORDS, 0, signs[0]);
                          sign_bytes(words, CELL_OF_WORDS, 2, signs[1]);
                #pragma unroll
                          for (int f = 0; f < 2; ++f) {
                #pragma unroll
                            for (int j = 0; j < Tiles; ++j) {
                              mma(acc[j], c + f == 0 ? start[j] : acc[j], signs[f], x[j][c][2 * f], x[j][c][2 * f + 1]);
                            }
                          }
                        }
                        const u32 scales = parameters(slot, r, p, h, g);
                        const float low = low_f32(scales);
                        const float high = high_f32(scales);
                #pragma unroll
                        for (int j = 0; j < Tiles; ++j) {
                          const float v0 = fmaf(__uint_as_float(acc[j][1]), 256.0f, magic) + __uint_as_float(acc[j][0]);
                          const float v1 = fmaf(__uint_as_float(acc[j][3]), 256.0f, magic) + __uint_as_float(acc[j][2]);
                          scaled[j][0] = fmaf(low, v0, scaled[j][0]);
                          scaled[j][1] = fmaf(high, v1, scaled[j][1]);
                        }
                      }
                %s#pragma unroll
                      for (int j = 0; j < Tiles; ++j) {
                        u32 factors[4];
                        load_shared_4(sums + ((unit * kFlushes + h) * at.columns + min(4 * j + t, at.columns - 1)) * kSumBytes + 16,
                                      factors);
                %s        total.v[r][j][0] = fmaf(__uint_as_float(factors[0]), scaled[j][0], total.v[r][j][0]);
                        total.v[r][j][1] = fmaf(__uint_as_float(factors[1]), scaled[j][1], total.v[r][j][1]);
                      }
                    }
                  }
                }

                """
                .formatted(stream.offsets() == 0 ? "" : ", and offset * sum of x",
                    stream.offsets() == 0 ? "" : OFFSETS, stream.offsets() == 0 ? "" : OFFSET)
                .replace("FIRST_WORD", SignLayout.firstWordOfCell("cell"))
                .replace("CELL_OF_WORDS", SignLayout.cellOfWords("cell"))
                .replace("BYTE_TURN_UPPER", SignLayout.byteTurn("cell", "f", "0"))
                .replace("BYTE_TURN_LOWER", SignLayout.byteTurn("cell", "f", "1"))
            + ReduceTurnsEmitter.storeTotals(STORE));
  }

  private static final String STORE = """
      const int column = 4 * j + at.lane % 4;
      if (column < at.columns) {
        float* to = totals + (at.warp_k * at.columns + column) * kTotalStride
            + (at.warp_n * kRowTiles + r) * 16 + at.lane / 4;
        to[0] = total.v[r][j][0];
        to[8] = total.v[r][j][1];
      }
      """;

  private static final String OFFSETS = """
            const u32 offsets = parameters(slot, r, kPlanes, h, g);
      """;

  private static final String OFFSET = """
              total.v[r][j][0] = fmaf(low_f32(offsets), __uint_as_float(factors[2]), total.v[r][j][0]);
              total.v[r][j][1] = fmaf(high_f32(offsets), __uint_as_float(factors[2]), total.v[r][j][1]);
      """;

  private static String wrapper() {
    MmaAtom atom = MmaAtom.M16N8K32_U8S8;
    return """
        // d[16 x 8] = c + a[16 x 32] * b[32 x 8] (%s).
        __device__ __forceinline__ void mma(u32 (&d)[4], const u32 (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
          asm("%s {%%0, %%1, %%2, %%3}, {%%4, %%5, %%6, %%7}, {%%8, %%9}, {%%10, %%11, %%12, %%13};"
              : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3])
              : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1), "r"(c[0]), "r"(c[1]), "r"(c[2]), "r"(c[3]));
        }

        // Where the signs of a turned word's even and odd fragments are.
        constexpr u32 kEvenUpper = 0x%08xu;
        constexpr u32 kEvenLower = 0x%08xu;
        constexpr u32 kOddUpper = 0x%08xu;
        constexpr u32 kOddLower = 0x%08xu;

        """
        .formatted(atom.section(), atom.mnemonic(),
            SignLayout.upperBytes(0), SignLayout.lowerBytes(0), SignLayout.upperBytes(1), SignLayout.lowerBytes(1));
  }
}
