package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;

/**
 * Emits the splitting of activations: fixed-point numbers of 16 bits, in steps of their group's largest divided by 32,512,
 * which is finer than the rounding of that largest number itself.
 */
final class SplitActivationsEmitter {
  private SplitActivationsEmitter() {
  }

  static StagePart emit(SignStage.SplitActivations stage) {
    return StagePart.of()
        .constants(
            """
                // Activations of a window: digits[unit][2 * columns][4 cells][4 lanes of a quad][4 fragments] of 4 digits, the low and the
                // high digit of a batch column side by side, cells of high digits in the order 1, 0, 3, 2 (banks); sums[flush][columns]
                // of {where 4 accumulators start, step / 4, -step / 64, sum}.
                constexpr int kTileColumns = 4;
                constexpr int kBatch = kTileColumns * kBatchTiles;
                constexpr int kColumnBytes = 512;
                constexpr int kSumBytes = 32;
                constexpr u32 kMagic = 0x4b400000;                  // 1.5 * 2^23: integers added to these bits are exact in f32
                """
                + SignActivations.WINDOW_UNITS)
        .functions(SignActivations.functions(stage.x())
            + """
                // Byte `Byte` of four numbers side by side.
                template <int Byte>
                __device__ __forceinline__ u32 join_bytes(u32 a, u32 b, u32 c, u32 d) {
                  constexpr u32 kPair = Byte | (4 + Byte) << 4;
                  return __byte_perm(__byte_perm(a, b, kPair), __byte_perm(c, d, kPair), 0x5410);
                }

                // Splits the activations of `cells` cells from unit `first` on. A lane takes one cell of a batch column for one lane of a
                // quad: features 16f + 2t + {0, 8, 1, 9} of each fragment f, in the order of the bits of a byte of signs.
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
                    if (pairs) {
                #pragma unroll
                      for (int i = 0; i < 8; ++i) {
                        if (inside && column + 8 * i < k) {
                          raw[i] = *reinterpret_cast<const u32*>(row + column + 8 * i);
                        }
                      }
                    } else if (inside) {
                #pragma unroll
                      for (int i = 0; i < 8; ++i) {
                        const int c = column + 8 * i;
                        raw[i] = (c < k ? row[c] : 0u) | (c + 1 < k ? static_cast<u32>(row[c + 1]) << 16 : 0u);
                      }
                    }
                    u32 largest = 0;
                #pragma unroll
                    for (int i = 0; i < 8; ++i) {
                      largest = max(largest, max(raw[i] & 0x7fffu, raw[i] >> 16 & 0x7fffu));
                    }
                #pragma unroll
                    for (int o = 1; o < 4 * kFlushCells; o *= 2) {
                      largest = max(largest, __shfl_xor_sync(0xffffffffu, largest, o));
                    }
                    const float top = x_to_f32(largest);
                    const float most = top < 1e-30f ? 1e-30f : top;
                    const float step = most * (1.0f / 32512.0f);
                    const float inverse = 32512.0f / most;
                    int low = 0, high = 0;
                    u32 low_digits[4], high_digits[4];
                #pragma unroll
                    for (int f = 0; f < 4; ++f) {
                      // The same integer twice: its low byte, and the byte above it after rounding.
                      u32 v[4], rounded[4];
                #pragma unroll
                      for (int i = 0; i < 4; ++i) {
                        const u32 pair = raw[2 * f + i % 2];
                        const float value = x_to_f32(i < 2 ? pair & 0xffffu : pair >> 16);
                        v[i] = __float_as_uint(fmaf(value, inverse, __uint_as_float(kMagic)));
                        rounded[i] = __float_as_uint(fmaf(value, inverse, __uint_as_float(kMagic + 128)));
                      }
                      low_digits[f] = join_bytes<0>(v[0], v[1], v[2], v[3]);
                      high_digits[f] = join_bytes<1>(rounded[0], rounded[1], rounded[2], rounded[3]);
                      low = __dp4a(static_cast<int>(low_digits[f]), 0x01010101, low);
                      high = __dp4a(static_cast<int>(high_digits[f]), 0x01010101, high);
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
                        store_shared_4(sum, kMagic - 4 * low, kMagic - 4 * high, kMagic + 64 * low, kMagic + 64 * high);
                        store_shared_4(sum + 16, __float_as_uint(step * 0x1p-2f), __float_as_uint(step * -0x1p-6f),
                                       __float_as_uint(step * (256.0f * high + low)), 0);
                      }
                    }
                  }
                }
                """)
        .setup(SignActivations.windows())
        .cell("""
            split_activations(x, prepared, sums, at, window, (window_end - window) * 4, k, pairs);
            """);
  }
}
