package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.runtime.api.SignFamily;

/**
 * Emits the splitting of activations into bits: fixed-point numbers of 16 bits, in steps of their group's largest divided by
 * 32,767, of which 32 at a time are turned round, so that a word holds one bit of each.
 */
final class TransposeBitsEmitter {
  private TransposeBitsEmitter() {
  }

  static StagePart emit(SignStage.TransposeActivations stage) {
    return StagePart.empty()
        .constants(
            """
                // Activations of a window: bits[unit][columns][8 columns of a fragment][4 lanes of a quad][2 pairs of cells][2 fragments],
                // column c of fragment i is bit 4 * (c / 2) + 2 * i + c % 2 of a number; sums[flush][columns] of {step, step * sum / 2}.
                constexpr u32 kMagic = 0x4b400000;                  // 1.5 * 2^23: integers added to these bits are exact in f32
                """
                + SignActivations.windows(SignFamily.BIT_MMA, "columns == 1 ? kWindow : max(kWindow / columns, 1)"))
        .functions(SignActivations.WINDOWS + SignActivations.functions(stage.x())
            + """
                // Bits of a where the mask has ones, and of b elsewhere, in one instruction (PTX ISA, lop3).
                __device__ __forceinline__ u32 blend(u32 a, u32 b, u32 mask) {
                  u32 d;
                  asm("lop3.b32 %0, %1, %2, %3, 0xe4;" : "=r"(d) : "r"(a), "r"(b), "r"(mask));
                  return d;
                }

                // Exchanges numbers of 16 bits, two in each word, for bits of 32 numbers: bits 8e + 16 * (i / 8) + i % 8 of a word are of the
                // lower (e = 0) and upper halves of word i.
                __device__ __forceinline__ void transpose(u32 (&v)[16]) {
                #pragma unroll
                  for (int i = 0; i < 8; ++i) {
                    const u32 first = v[i];
                    v[i] = __byte_perm(first, v[i + 8], LOWER_BYTES);
                    v[i + 8] = __byte_perm(first, v[i + 8], UPPER_BYTES);
                  }
                #pragma unroll
                  for (int s = 4; s > 0; s /= 2) {
                    const u32 mask = s == 4 ? 0x0f0f0f0fu : s == 2 ? 0x33333333u : 0x55555555u;
                #pragma unroll
                    for (int i = 0; i < 16; ++i) {
                      if ((i & s) == 0) {
                        const u32 first = v[i];
                        v[i] = blend(first, v[i + s] << s, mask);
                        v[i + s] = blend(first >> s, v[i + s], mask);
                      }
                    }
                  }
                }

                // Lane t of a quad gives its word j to lane j, and has word t of each then.
                __device__ __forceinline__ void turn_quad(u32 (&v)[4], int t) {
                #pragma unroll
                  for (int s = 1; s <= 2; ++s) {
                #pragma unroll
                    for (int i = 0; i < 2; ++i) {
                      const int low = s == 1 ? 2 * i : i;
                      const u32 other = __shfl_xor_sync(0xffffffffu, (t & s) != 0 ? v[low] : v[low + s], s);
                      v[low] = (t & s) != 0 ? other : v[low];
                      v[low + s] = (t & s) != 0 ? v[low + s] : other;
                    }
                  }
                }

                // Splits the activations of `pairs_of_cells` times 128 features from unit `first` on. A lane takes those that one lane of a
                // quad multiplies, 32 of a batch column, in the order of the bits of a pair of words: features 64 * odd + 16f + 2t + {0, 1}
                // + 8h are numbers 8h + 4 * odd + f, two at a time.
                __device__ __forceinline__ void transpose_activations(const u16* x, u32 bits, u32 sums, const Place& at, int first,
                                                                      int pairs_of_cells, int k, bool vectors) {
                  constexpr int kParts = kFlushCells == 1 ? 2 : 1;  // groups that a lane has numbers of
                  for (int start = threadIdx.x / 32 * 32; start < at.columns * pairs_of_cells * 4; start += kThreads) {
                    const int item = start + at.lane;
                    const int t = item % 4;
                    const int b = at.columns == 1 ? item / 4 >= pairs_of_cells : item / 4 / pairs_of_cells;
                    const int pair = item / 4 - b * pairs_of_cells;
                    const bool inside = b < at.columns;
                    const int first_feature = first * kUnitK + pair * 128;
                    const u16* row = x + static_cast<u64>(at.first_column + b) * k;
                    u32 raw[16] = {};
                    if (vectors) {
                      // 16 bytes are a pair of features for each lane of the quad, which read them in turn.
                      u32 words[4][4];
                #pragma unroll
                      for (int i = 0; i < 4; ++i) {
                        const int c = first_feature + 8 * (4 * i + t);
                        const uint4 v = inside && c < k ? *reinterpret_cast<const uint4*>(row + c) : uint4{0, 0, 0, 0};
                        words[i][0] = v.x;
                        words[i][1] = v.y;
                        words[i][2] = v.z;
                        words[i][3] = v.w;
                        turn_quad(words[i], t);
                      }
                #pragma unroll
                      for (int i = 0; i < 16; ++i) {
                        const int vector = (PAIR_FEATURE) / 8;
                        raw[i] = words[vector / 4][vector % 4];
                      }
                    } else if (inside) {
                #pragma unroll
                      for (int i = 0; i < 16; ++i) {
                        const int c = first_feature + 2 * t + PAIR_FEATURE;
                        raw[i] = (c < k ? row[c] : 0u) | (c + 1 < k ? static_cast<u32>(row[c + 1]) << 16 : 0u);
                      }
                    }
                    float step[kParts];
                    int sum[kParts];
                #pragma unroll
                    for (int part = 0; part < kParts; ++part) {
                      // The largest bits of upper and of lower halves, without their signs.
                      u32 upper = 0, lower = 0;
                #pragma unroll
                      for (int i = 0; i < 16; ++i) {
                        if (kParts == 1 || i / 4 % 2 == part) {
                          upper = max(upper, raw[i] & 0x7fffffffu);
                          lower = max(lower, raw[i] & 0x7fffu);
                        }
                      }
                      u32 largest = max(upper >> 16, lower);
                #pragma unroll
                      for (int o = 1; o < max(4, 2 * kFlushCells); o *= 2) {
                        largest = max(largest, __shfl_xor_sync(0xffffffffu, largest, o));
                      }
                      const float top = x_to_f32(largest);
                      const float most = top < 1e-30f ? 1e-30f : top;
                      const float inverse = 32767.0f / most;
                      step[part] = most * (1.0f / 32767.0f);
                      u32 total = 0;  // of the integers, and of what is added to each
                #pragma unroll
                      for (int i = 0; i < 16; ++i) {
                        if (kParts == 1 || i / 4 % 2 == part) {
                          const u32 even = __float_as_uint(fmaf(x_to_f32(raw[i] & 0xffffu), inverse, __uint_as_float(kMagic)));
                          const u32 odd = __float_as_uint(fmaf(x_to_f32(raw[i] >> 16), inverse, __uint_as_float(kMagic)));
                          total += even + odd;
                          raw[i] = __byte_perm(even, odd, 0x5410);
                        }
                      }
                      sum[part] = static_cast<int>(total - 32u / kParts * kMagic);
                #pragma unroll
                      for (int o = 1; o < max(4, 2 * kFlushCells); o *= 2) {
                        sum[part] += __shfl_xor_sync(0xffffffffu, sum[part], o);
                      }
                    }
                    transpose(raw);
                    if (inside) {
                      const u32 to = bits + (pair / 2 * at.columns + b) * kColumnBytes + t * 16 + pair % 2 * 8;
                #pragma unroll
                      for (int c = 0; c < 8; ++c) {
                        store_shared_2(to + c * 64, raw[c / 2 * 4 + c % 2], raw[c / 2 * 4 + c % 2 + 2]);
                      }
                      if (item % max(4, 2 * kFlushCells) == 0) {
                #pragma unroll
                        for (int part = 0; part < kParts; ++part) {
                          const u32 flush = pair * 2 / kFlushCells + part;
                          store_shared_2(sums + (flush * at.columns + b) * kSumBytes, __float_as_uint(step[part]),
                                         __float_as_uint(0.5f * step[part] * static_cast<float>(sum[part])));
                        }
                      }
                    }
                  }
                }
                """
                .replace("LOWER_BYTES", "0x%x".formatted(SignLayout.LOWER_BYTES))
                .replace("UPPER_BYTES", "0x%x".formatted(SignLayout.UPPER_BYTES))
                .replace("PAIR_FEATURE", SignLayout.featureOfPair("i")))
        .cell("""
            transpose_activations(x, prepared, sums, at, window, (window_end - window) * 2, k, vectors);
            """);
  }
}
