package org.bitloom.codegen.cuda;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.runtime.api.ActivationType;

import static org.bitloom.codegen.cuda.PtxInstruction.F16_TO_F32;
import static org.bitloom.codegen.cuda.PtxInstruction.F32X2_TO_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.FMA_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.FMA_F16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED_2;
import static org.bitloom.codegen.cuda.PtxInstruction.PERMUTE_BYTES;

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

  /** A part that calls what the text does. */
  static StagePart part(ActivationType x) {
    StagePart part = StagePart.of(PtxInstruction.HALVES, FMA_F16X2, PERMUTE_BYTES, LOAD_SHARED_2);
    return switch (x) {
      case F16 -> part;
      case BF16 -> part.with(F16_TO_F32, F32X2_TO_BF16X2, FMA_BF16X2);
    };
  }

  /**
   * The struct {@code Coded}: signs of two cells, levels of their group, and fragments made of them. It calls
   * {@code parameters(slot, r, plane, h, g)}, the numbers of rows g and g + 8 of row tile r in group h.
   *
   * @param x type of the weights; levels are computed in f16, as scales and offsets are, and rounded to it
   * @param signsOfPair where the words of lane 0 of plane p of row tile r are, for two cells: an expression of CUDA text
   */
  static String coded(SignStage.StreamSigns stream, ActivationType x, String signsOfPair) {
    return HALVES + type(x)
        + """
            // Planes whose levels stand in tables, the last ones, and planes that are added.
            constexpr int kTablePlanes = kPlanes < 3 ? kPlanes : 3;
            constexpr int kAdded = kPlanes - kTablePlanes;
            // Whether tables hold levels, at most 4 of them, and not their lower and their upper bytes.
            constexpr bool kWholeLevels = kTablePlanes < 3;

            constexpr u32 kOnes = 0x3c003c00u;
            constexpr u32 kMinusAndPlusOne = 0x3c00bc00u;

            // Bits of a where the mask has ones, and of b elsewhere, in one instruction (PTX ISA, lop3).
            __device__ __forceinline__ u32 blend(u32 a, u32 b, u32 mask) {
              u32 d;
              asm("lop3.b32 %%0, %%1, %%2, %%3, 0xe4;" : "=r"(d) : "r"(a), "r"(b), "r"(mask));
              return d;
            }

            // a + (b - part) * Factor modulo 2^32: what is left of the bits of a, and of those of b moved to the left, where `part` has
            // the others moved to the right. Multiplications by a factor that the compiler does not know (blocks have one row of threads)
            // or no power of 2, since shifts wait for the pipe that permutes bytes.
            template <u32 Factor>
            __device__ __forceinline__ u32 rest(u32 a, u32 b, u32 part) {
              return b * (Factor * blockDim.y) + (a - part * Factor);
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

            // A row's levels, or their lower and upper bytes, which bits of a number choose: bit 0 the sign of the last plane, bit 1 of
            // the one before. `Row` is 0 for rows g and 1 for rows g + 8, whose parameters are the halves of `pairs`.
            template <int Row>
            __device__ __forceinline__ void tabulate(const u32 (&pairs)[kPlanes + 1], u32 (&low)[2], u32 (&high)[2]) {
              u32 scales[kTablePlanes];
            #pragma unroll
              for (int b = 0; b < kTablePlanes; ++b) {
                scales[b] = Row == 0 ? both_low(pairs[kPlanes - 1 - b]) : both_high(pairs[kPlanes - 1 - b]);
              }
              u32 levels[4];
              levels[0] = fma_f16x2(scales[0], kMinusAndPlusOne, Row == 0 ? both_low(pairs[kPlanes]) : both_high(pairs[kPlanes]));
            #pragma unroll
              for (int b = 1; b < kTablePlanes; ++b) {
            #pragma unroll
                for (int i = (1 << (b - 1)) - 1; i >= 0; --i) {
                  levels[(1 << (b - 1)) + i] = fma_f16x2(scales[b], kOnes, levels[i]);
                  levels[i] = sub_f16x2(levels[i], scales[b]);
                }
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
              // Signs of the planes of the table, gathered by cell or by row, bits of even and of odd fragments.
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

              // Gathers the signs of cells 2 * pair and 2 * pair + 1: half bytes are four fragments of one weight each, those of the
              // two even and odd columns of a lane and the upper of them in the order that products want. Even and odd fragments
              // take turns at the bits, the last plane first.
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
                    const u32 first = words[kPlanes - 1 - b][0];
                    const u32 second = words[kPlanes - 1 - b][1];
                    if (kWholeLevels) {
                      bits[b] = s == 0 ? first : second;
                    } else {
                      const u32 lower = blend(first >> ROW_SHIFT, second, UPPER_ROWS);
                      bits[b] = s == 1 ? lower : rest<1 << ROW_SHIFT>(first, second, lower);
                    }
                  }
                  odd[s] = blend(bits[0] >> NEXT_BITS, bits[1], EVEN_FRAGMENTS);
                  even[s] = rest<NEXT_FACTOR>(bits[0], bits[1], odd[s]);
                  odd_third[s] = bits[2] >> NEXT_BITS & EVEN_FRAGMENTS;
                  even_third[s] = bits[2] - NEXT_FACTOR * odd_third[s];
                }
            #pragma unroll
                for (int p = 0; p < kAdded; ++p) {
                  signs[p][0] = permute_bytes(words[p][0], words[p][0], BYTES_BY_HALF);
                  signs[p][1] = permute_bytes(words[p][1], words[p][1], BYTES_BY_HALF);
                }
              }

              // Of whole levels: the bytes of the levels of 4 weights of cell s, of rows g or g + 8 of fragment f.
              __device__ __forceinline__ u32 level_order(int s, int f, int row) const {
                const u32 numbers = (f %% 2 == 0 ? even[s] : odd[s]) >> (EVEN_FRAGMENT_SHIFT) & TWO_FRAGMENTS_OF_A_ROW;
                return numbers * 0x22 + 0x10101010u;
              }

              // Of bytes of levels: a half byte for each of 8 weights of fragment f, which level it has.
              __device__ __forceinline__ u32 byte_order(int s, int f) const {
                const u32 two = f %% 2 == 0 ? even[s] : odd[s];
                const u32 third = f %% 2 == 0 ? even_third[s] : odd_third[s];
                const u32 later = blend(two >> LATER_BITS, third, TWO_FRAGMENTS);  // of fragments 2 and 3
                return f < 2 ? rest<LATER_FACTOR>(two, third, later) : later;
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
                      weights[s][i] = fma_weights(signed_ones(signs[p][s], f, i), scale, weights[s][i]);
                    }
                  }
                }
              }

              // The signs of register i of fragment f as +-1: (moved & kSigns) ^ kMinusOnes in one instruction (PTX ISA, lop3).
              static __device__ __forceinline__ u32 signed_ones(u32 word, int f, int i) {
                constexpr u32 kSigns = 0x%08xu;
                constexpr u32 kMinusOnes = kOnesOfWeights | kSigns;
                constexpr int kFirst[4] = {%s};
                const u32 moved = word << (kFirst[i] - f);
                u32 d;
                asm("lop3.b32 %%0, %%1, %%2, %%3, 0x6a;" : "=r"(d) : "r"(moved), "r"(kSigns), "r"(kMinusOnes));
                return d;
              }
            };

            """
            .formatted(stream.offsets() == 0 ? "0" : "parameters(slot, r, kPlanes, h, g)", SignLayout.SIGNS,
                firstShifts())
            .replace("SIGNS_OF_PAIR", signsOfPair)
            .replace("EVEN_FRAGMENT_SHIFT", SignLayout.evenFragmentShift("f", "row"))
            .replace("TWO_FRAGMENTS_OF_A_ROW", mask(SignLayout.TWO_FRAGMENTS & SignLayout.UPPER_ROWS))
            .replace("TWO_FRAGMENTS", mask(SignLayout.TWO_FRAGMENTS))
            .replace("EVEN_FRAGMENTS", mask(SignLayout.EVEN_FRAGMENTS))
            .replace("NEXT_BITS", Integer.toString(SignLayout.FRAGMENT_SHIFT))
            .replace("NEXT_FACTOR", Integer.toString(1 << SignLayout.FRAGMENT_SHIFT))
            .replace("LATER_BITS", Integer.toString(2 * SignLayout.FRAGMENT_SHIFT))
            .replace("LATER_FACTOR", Integer.toString(1 << 2 * SignLayout.FRAGMENT_SHIFT))
            .replace("UPPER_ROWS", mask(SignLayout.UPPER_ROWS))
            .replace("ROW_SHIFT", Integer.toString(SignLayout.ROW_SHIFT))
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
    return IntStream.range(0, SignLayout.REGISTERS)
        .mapToObj(i -> Integer.toString(SignLayout.signShift(0, i)))
        .collect(Collectors.joining(", "));
  }

}
