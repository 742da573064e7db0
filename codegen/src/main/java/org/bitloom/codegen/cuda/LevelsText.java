package org.bitloom.codegen.cuda;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.SignSpace;

/**
 * Text that looks binary-coded weights up in registers. Two planes of a row and group have 4 levels, offset included, and a
 * byte permutation looks two of them up. The last three planes have 8 levels, whose lower and upper bytes are two tables of 8
 * bytes: the signs of four weights, gathered as a number for each of them, are the operand of a byte permutation that looks four
 * bytes up. Planes before these are added as {@code +-scale}, so that sums are those of planes one after the other, the smallest
 * scale first.
 */
final class LevelsText {
  /** Halves of registers. */
  static final String HALVES = """
      // One of the halves of a register twice, which multiplications take as it is.
      __device__ __forceinline__ u32 both_low(u32 pair) {
        u32 d;
        asm("{.reg .b16 low, high; mov.b32 {low, high}, %1; mov.b32 %0, {low, low};}" : "=r"(d) : "r"(pair));
        return d;
      }
      __device__ __forceinline__ u32 both_high(u32 pair) {
        u32 d;
        asm("{.reg .b16 low, high; mov.b32 {low, high}, %1; mov.b32 %0, {high, high};}" : "=r"(d) : "r"(pair));
        return d;
      }

      """;

  private LevelsText() {
  }

  /**
   * The struct {@code Coded}: signs of two cells, levels of their group, and fragments made of them. It calls
   * {@code parameters(slot, r, plane, h, g)}, the numbers of rows g and g + 8 of row tile r in group h.
   *
   * @param x type of the weights; levels are computed in f16, as scales and offsets are, and rounded to it
   * @param signsOfPair where the words of lane 0 of plane p of row tile r are, for two cells: an expression of CUDA text
   */
  static String coded(SignStage.StreamSigns stream, ActivationType x, String signsOfPair) {
    return HALVES + SignText.TURNED_BACK + type(x)
        + """
            // Planes whose levels stand in tables, the last ones, and planes that are added.
            constexpr int kTablePlanes = kPlanes < TABLE_PLANES ? kPlanes : TABLE_PLANES;
            constexpr int kAdded = kPlanes - kTablePlanes;
            // Whether tables hold levels, at most 4 of them, and not their lower and their upper bytes.
            constexpr bool kWholeLevels = kTablePlanes < TABLE_PLANES;
            // Whether the pipe that permutes bytes is what lookups wait for: with more columns it is power, and fewer instructions win.
            constexpr bool kSparePermutations = !kWholeLevels && kBatch < 32;

            // Words of planes are turned so that signs of a weight lie side by side: bit b of a number that chooses a level is the sign of
            // the plane of the table whose number is b modulo 3.
            __device__ __forceinline__ constexpr int table_plane(int bit) {
              int plane = kAdded;
              while (plane %% TURNS != bit) {
                ++plane;
              }
              return plane;
            }

            constexpr u32 kOnes = 0x3c003c00u;
            constexpr u32 kMinusAndPlusOne = 0x3c00bc00u;

            // Bits of a where the mask has ones, and of b elsewhere, in one instruction (PTX ISA, lop3).
            __device__ __forceinline__ u32 blend(u32 a, u32 b, u32 mask) {
              u32 d;
              asm("lop3.b32 %%0, %%1, %%2, %%3, 0xe4;" : "=r"(d) : "r"(a), "r"(b), "r"(mask));
              return d;
            }

            // The bits of a and of b that `part`, a blend of both, has left: of b where the mask has ones, and else of a. Their sum
            // less that part, by multiplications with a factor of 1 that the compiler does not know (blocks have one row of threads).
            __device__ __forceinline__ u32 left_over(u32 a, u32 b, u32 mask, u32 part) {
              const u32 one = blockDim.y;
              return kSparePermutations ? b * one + (a - part * one) : blend(b, a, mask);
            }

            // Four of the eight bytes of a table, one for each of the lower half bytes of `order`, whose upper bits are 0 (PTX ISA, prmt).
            __device__ __forceinline__ u32 look_up(const u32 (&table)[2], u32 order) {
              u32 d;
              asm("prmt.b32 %%0, %%1, %%2, %%3;" : "=r"(d) : "r"(table[0]), "r"(table[1]), "r"(order));
              return d;
            }
            // The upper half of `order` in both halves: a move on the pipe that permutes no bytes. As f16 numbers, halves of orders are
            // neither infinite nor negative, since bits 3 and 11 and the highest are 0.
            __device__ __forceinline__ u32 upper_half(u32 order) {
              return fma_f16x2(both_high(order), kOnes, 0);
            }

            // A row's levels, or their lower and upper bytes, which bits of a number choose. `Row` is 0 for rows g and 1 for rows g + 8,
            // whose parameters are the halves of `pairs`.
            template <int Row>
            __device__ __forceinline__ void tabulate(const u32 (&pairs)[kPlanes + 1], u32 (&low)[2], u32 (&high)[2]) {
              u32 scales[kTablePlanes];
            #pragma unroll
              for (int i = 0; i < kTablePlanes; ++i) {
                scales[i] = Row == 0 ? both_low(pairs[kPlanes - 1 - i]) : both_high(pairs[kPlanes - 1 - i]);
              }
              // The last plane first. Halves of registers are its signs, until bit 0 comes and takes them over: levels of each half go to
              // two registers then, as those of each sign of another plane do.
              constexpr int kFirstBit = (kPlanes - 1) %% TURNS;
              u32 levels[4];
              levels[0] = fma_f16x2(scales[0], kMinusAndPlusOne, Row == 0 ? both_low(pairs[kPlanes]) : both_high(pairs[kPlanes]));
              int filled = 0;
            #pragma unroll
              for (int plane = 1; plane < kTablePlanes; ++plane) {
                const int bit = (kPlanes - 1 - plane) %% TURNS;
                const int apart = 1 << (bit == 0 ? kFirstBit : bit) - 1;
            #pragma unroll
                for (int i = 3; i >= 0; --i) {
                  if ((i & ~filled) == 0) {
                    levels[i + apart] = bit == 0 ? fma_f16x2(scales[plane], kMinusAndPlusOne, both_high(levels[i]))
                                                 : fma_f16x2(scales[plane], kOnes, levels[i]);
                    levels[i] = bit == 0 ? fma_f16x2(scales[plane], kMinusAndPlusOne, both_low(levels[i]))
                                         : sub_f16x2(levels[i], scales[plane]);
                  }
                }
                filled |= apart;
              }
            #pragma unroll
              for (int i = 0; i < 1 << (kTablePlanes - 1); ++i) {
                levels[i] = of_f16(levels[i]);
              }
            #pragma unroll
              for (int i = 0; i < 2; ++i) {
                low[i] = kWholeLevels ? levels[kTablePlanes == 1 ? 0 : i] : permute_bytes(levels[2 * i], levels[2 * i + 1], 0x6420);
                high[i] = kWholeLevels ? 0 : permute_bytes(levels[2 * i], levels[2 * i + 1], 0x7531);
              }
            }

            // Signs of two cells and the levels of their group, of one row tile.
            struct Coded {
              // Levels of rows g and g + 8, or their lower and upper bytes.
              u32 low[2][2], high[2][2];
              // Signs of the planes of the table in rows g and g + 8, bits of even and of odd fragments.
              u32 even[2], odd[2], even_third[2], odd_third[2];
              u32 signs[kAdded > 0 ? kAdded : 1][2], scales[kAdded > 0 ? kAdded : 1];

              __device__ __forceinline__ void load_levels(u32 slot, int r, int h, const Place& at) {
                const int g = at.lane / 4;
                u32 pairs[kPlanes + 1];
            #pragma unroll
                for (int p = 0; p < kPlanes; ++p) {
                  pairs[p] = parameters(slot, r, p, h, g);
                }
                pairs[kPlanes] = %s;
                tabulate<0>(pairs, low[0], high[0]);
                tabulate<1>(pairs, low[1], high[1]);
            #pragma unroll
                for (int p = 0; p < kAdded; ++p) {
                  scales[p] = of_f16(pairs[p]);
                }
              }

              // Gathers the signs of cells 2 * pair and 2 * pair + 1. Even and odd fragments take turns at the bits.
              __device__ __forceinline__ void load_signs(u32 slot, int r, int pair, const Place& at) {
                u32 words[kPlanes][2];
            #pragma unroll
                for (int p = 0; p < kPlanes; ++p) {
                  load_shared_2(SIGNS_OF_PAIR + at.lane * 16, words[p]);
                }
            #pragma unroll
                for (int s = 0; s < 2; ++s) {
                  u32 bits[3] = {};
            #pragma unroll
                  for (int b = 0; b < kTablePlanes; ++b) {
                    bits[b] = words[table_plane(b)][s];
                  }
                  odd[s] = blend(bits[1], bits[0], EVEN_FRAGMENTS);
                  even[s] = left_over(bits[1], bits[0], EVEN_FRAGMENTS, odd[s]);
                  even_third[s] = bits[2] & EVEN_FRAGMENTS;
                  odd_third[s] = bits[2] & ~EVEN_FRAGMENTS;
                }
            #pragma unroll
                for (int p = 0; p < kAdded; ++p) {
            #pragma unroll
                  for (int s = 0; s < 2; ++s) {
                    const u32 word = turned_back(words[p][s], p);
                    signs[p][s] = permute_bytes(word, word, BYTES_BY_HALF);
                  }
                }
              }

              // Of whole levels: the bytes of the levels of 4 weights of cell s, of rows g or g + 8 of fragment f. Numbers of odd
              // fragments lie one bit higher; a number is wanted twice, as bits 1 and 2 of each half byte.
              __device__ __forceinline__ u32 level_order(int s, int f, int row) const {
                const u32 word = f %% 2 == 0 ? even[row] : odd[row];
                const int bits = EVEN_FRAGMENT_SHIFT;
                const bool around = GOES_AROUND;  // the last number goes on at bit 0
                const u32 numbers = (around ? turned_right(word, bits) : word >> bits) & TWO_FRAGMENTS_OF_A_CELL << ODD_SHIFT;
                return numbers * (f %% 2 == 0 ? 0x22 : 0x11) + 0x10101010u;
              }

              // Of bytes of levels: a half byte for each of 8 weights of fragment f, which level it has.
              __device__ __forceinline__ u32 byte_order(int s, int f) const {
                const u32 two = f %% 2 == 0 ? even[s] : odd[s];
                const u32 third = f %% 2 == 0 ? even_third[s] : odd_third[s];
                const u32 mask = TWO_FRAGMENTS << ODD_SHIFT;
                const u32 first = blend(two, third, mask);  // of fragments 0 and 1
                return turned_right(f < 2 ? first : left_over(two, third, mask, first), f);
              }

              // Fragment f of both cells.
              __device__ __forceinline__ void weights(int f, u32 (&weights)[2][4]) const {
            #pragma unroll
                for (int s = 0; s < 2; ++s) {
            #pragma unroll
                  for (int i = 0; i < 2; ++i) {
                    if (kWholeLevels) {
                      const u32 order = level_order(s, f, i);
                      weights[s][i] = look_up(low[i], order);
                      weights[s][2 + i] = look_up(low[i], upper_half(order));
                    } else {
                      const u32 order = i == 0 ? byte_order(s, f) : upper_half(byte_order(s, f));
                      const u32 lower_bytes = look_up(low[s], order);
                      const u32 upper_bytes = look_up(high[s], order);
                      weights[0][2 * i + s] = permute_bytes(lower_bytes, upper_bytes, 0x6240);
                      weights[1][2 * i + s] = permute_bytes(lower_bytes, upper_bytes, 0x7351);
                    }
                  }
                }
            #pragma unroll
                for (int p = kAdded - 1; p >= 0; --p) {
            #pragma unroll
                  for (int s = 0; s < 2; ++s) {
            #pragma unroll
                    for (int i = 0; i < 4; ++i) {
                      const u32 scale = i %% 2 == 0 ? both_low(scales[p]) : both_high(scales[p]);
                      weights[s][i] = fma_weights(signed_ones(signs[p][WORD_OF_REGISTER], s, f, i), scale, weights[s][i]);
                    }
                  }
                }
              }

              // The signs of register i of fragment f of cell s as +-1: (moved & kSigns) ^ kMinusOnes in one instruction (PTX ISA, lop3).
              static __device__ __forceinline__ u32 signed_ones(u32 word, int s, int f, int i) {
                constexpr u32 kSigns = 0x%08xu;
                constexpr u32 kMinusOnes = kOnesOfWeights | kSigns;
                constexpr int kFirst[2][4] = {%s};
                const u32 moved = word << (kFirst[s][i] - f);
                u32 d;
                asm("lop3.b32 %%0, %%1, %%2, %%3, 0x6a;" : "=r"(d) : "r"(moved), "r"(kSigns), "r"(kMinusOnes));
                return d;
              }
            };

            """
            .formatted(stream.offsets() == 0 ? "0" : "parameters(slot, r, kPlanes, h, g)", SignLayout.SIGNS,
                firstShifts())
            .replace("SIGNS_OF_PAIR", signsOfPair)
            .replace("EVEN_FRAGMENT_SHIFT", SignLayout.evenFragmentShift("f", "s"))
            .replace("GOES_AROUND", SignLayout.numberGoesAround("bits", "f"))
            .replace("ODD_SHIFT", SignLayout.oddFragmentShift("f"))
            .replace("WORD_OF_REGISTER", SignLayout.wordOfRegister("i"))
            .replace("TWO_FRAGMENTS_OF_A_CELL", mask(SignLayout.TWO_FRAGMENTS & SignLayout.FIRST_CELL))
            .replace("TWO_FRAGMENTS", mask(SignLayout.TWO_FRAGMENTS))
            .replace("EVEN_FRAGMENTS", mask(SignLayout.EVEN_FRAGMENTS))
            .replace("TURNS", Integer.toString(SignLayout.TURNS))
            .replace("TABLE_PLANES", Integer.toString(SignSpace.TABLE_PLANES))
            .replace("BYTES_BY_HALF", "0x%x".formatted(SignLayout.BYTES_BY_HALF));
  }

  /** What depends on the type of the weights. */
  private static String type(ActivationType x) {
    return switch (x) {
      case F16 -> """
          constexpr u32 kOnesOfWeights = 0x3c003c00u;
          // Two weights of two f16 numbers, and a * b + c of weights.
          __device__ __forceinline__ u32 of_f16(u32 pair) { return pair; }
          __device__ __forceinline__ u32 fma_weights(u32 a, u32 b, u32 c) { return fma_f16x2(a, b, c); }

          """;
      case BF16 -> """
          constexpr u32 kOnesOfWeights = 0x3f803f80u;
          // Two weights of two f16 numbers, and a * b + c of weights.
          __device__ __forceinline__ u32 of_f16(u32 pair) {
            return f32x2_to_bf16x2(f16_to_f32(static_cast<u16>(pair)), f16_to_f32(static_cast<u16>(pair >> 16)));
          }
          __device__ __forceinline__ u32 fma_weights(u32 a, u32 b, u32 c) { return fma_bf16x2(a, b, c); }

          """;
    };
  }

  private static String mask(int bits) {
    return "0x%08xu".formatted(bits);
  }

  private static String firstShifts() {
    return IntStream.range(0, SignLayout.CELLS)
        .mapToObj(cell -> IntStream.range(0, SignLayout.REGISTERS)
            .mapToObj(i -> Integer.toString(SignLayout.signShift(cell, 0, i)))
            .collect(Collectors.joining(", ", "{", "}")))
        .collect(Collectors.joining(", "));
  }
}
