package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.runtime.api.SignFamily;

/**
 * Emits the splitting of activations: fixed-point numbers of 15 bits, in steps of their group's largest divided by 16,256,
 * which is finer than the rounding of that largest number itself; even fragments take twice the number, a bit finer.
 */
final class SplitActivationsEmitter {
  private SplitActivationsEmitter() {
  }

  static StagePart emit(SignStage.SplitActivations stage) {
    return StagePart.empty()
        .constants(
            """
                // Activations of a window: digits[unit][2 * columns][4 cells][4 lanes of a quad][4 fragments] of 4 digits, the low and the
                // high digit of a batch column side by side, cells of high digits in the order 1, 0, 3, 2 (banks); sums[flush][columns]
                // of {where 4 accumulators start, step / 4, step / 64, sum}.
                constexpr u32 kMagic = 0x4b400000;                  // 1.5 * 2^23: integers added to these bits are exact in f32
                """
                + SignActivations.windows(SignFamily.DIGIT_MMA, "max(kWindow / columns, 1)"))
        .functions(SignActivations.WINDOWS + SignActivations.functions(stage.x())
            + """
                // Byte `Byte` of four numbers side by side.
                template <int Byte>
                __device__ __forceinline__ u32 join_bytes(u32 a, u32 b, u32 c, u32 d) {
                  constexpr u32 kPair = Byte | (4 + Byte) << 4;
                  return __byte_perm(__byte_perm(a, b, kPair), __byte_perm(c, d, kPair), 0x5410);
                }

                // Splits the activations of `cells` cells from unit `first` on. A lane takes one cell of a batch column for one lane of a
                // quad: features 16f + 2t + {0, 1, 8, 9} of each fragment f, in the order of the bits of a byte of signs.
                __device__ __forceinline__ void split_activations(const u16* x, u32 digits, u32 sums, const Place& at, int first,
                                                                  int cells, int k, bool pairs) {
                  for (int start = threadIdx.x / 32 * 32; start < at.columns * cells * 4; start += kThreads) {
                    const int item = start + at.lane;
                    const int t = item % 4;
                    const int cell = item / 4 % cells;
                    const int b = item / 4 / cells;
                    const bool inside = b < at.columns;
                    const int column = first * kUnitK + cell * 64 + 2 * t;
                    const u16* row = x + static_cast<u64>(at.first_column + b) * k;
                    u32 raw[8] = {};
                    if (inside && pairs && column + 58 <= k) {
                #pragma unroll
                      for (int i = 0; i < 8; ++i) {
                        raw[i] = *reinterpret_cast<const u32*>(row + column + 8 * i);
                      }
                    } else if (inside) {
                #pragma unroll
                      for (int i = 0; i < 8; ++i) {
                        const int c = column + 8 * i;
                        raw[i] = (c < k ? row[c] : 0u) | (c + 1 < k ? static_cast<u32>(row[c + 1]) << 16 : 0u);
                      }
                    }
                    // The largest bits of upper and of lower halves, without their signs.
                    u32 upper = 0, lower = 0;
                #pragma unroll
                    for (int i = 0; i < 8; ++i) {
                      upper = max(upper, raw[i] & 0x7fffffffu);
                      lower = max(lower, raw[i] & 0x7fffu);
                    }
                    u32 largest = max(upper >> 16, lower);
                #pragma unroll
                    for (int o = 1; o < 4 * kFlushCells; o *= 2) {
                      largest = max(largest, __shfl_xor_sync(0xffffffffu, largest, o));
                    }
                    const float top = x_to_f32(largest);
                    const float most = top < 1e-30f ? 1e-30f : top;
                    const float step = most * (1.0f / 16256.0f);
                    const float inverse = 16256.0f / most;
                    int low = 0, high = 0;  // sums of digits of twice the number
                    u32 low_digits[4], high_digits[4];
                #pragma unroll
                    for (int f = 0; f < 4; ++f) {
                      const float rate = f % 2 == 0 ? 2.0f * inverse : inverse;
                      const int twice = f % 2 == 0 ? 0x01010101 : 0x02020202;
                      // An integer and 128: its low byte is 128 too large, the one above it is rounded.
                      u32 v[4];
                #pragma unroll
                      for (int i = 0; i < 4; ++i) {
                        const u32 pair = raw[2 * f + UPPER_OF_BYTE];
                        v[i] = __float_as_uint(
                            fmaf(x_to_f32(ODD_OF_BYTE == 0 ? pair & 0xffffu : pair >> 16), rate, __uint_as_float(kMagic + 128)));
                      }
                      low_digits[f] = join_bytes<0>(v[0], v[1], v[2], v[3]) ^ 0x80808080u;
                      high_digits[f] = join_bytes<1>(v[0], v[1], v[2], v[3]);
                      low = __dp4a(static_cast<int>(low_digits[f]), twice, low);
                      high = __dp4a(static_cast<int>(high_digits[f]), twice, high);
                    }
                #pragma unroll
                    for (int o = 1; o < 4 * kFlushCells; o *= 2) {
                      low += __shfl_xor_sync(0xffffffffu, low, o);
                      high += __shfl_xor_sync(0xffffffffu, high, o);
                    }
                    if (inside) {
                      const u32 to = digits + (cell / 4 * at.columns + b) * kColumnBytes + cell % 4 * 64 + t * 16;
                      store_shared_4(to, low_digits[0], low_digits[1], low_digits[2], low_digits[3]);
                      store_shared_4((to ^ 64) + 256, high_digits[0], high_digits[1], high_digits[2], high_digits[3]);
                      if (item % (4 * kFlushCells) == 0) {
                        const u32 sum = sums + (cell / kFlushCells * at.columns + b) * kSumBytes;
                        store_shared_4(sum, kMagic - 2 * low, kMagic - 2 * high, kMagic - 32 * low, kMagic - 32 * high);
                        store_shared_4(sum + 16, __float_as_uint(step * 0x1p-2f), __float_as_uint(step * 0x1p-6f),
                                       __float_as_uint(0.5f * step * (256.0f * high + low)), 0);
                      }
                    }
                  }
                }
                """
                .replace("UPPER_OF_BYTE", SignLayout.upperOfByte("i"))
                .replace("ODD_OF_BYTE", SignLayout.oddOfByte("i")))
        .cell("""
            split_activations(x, prepared, sums, at, window, (window_end - window) * 4, k, pairs);
            """);
  }
}
