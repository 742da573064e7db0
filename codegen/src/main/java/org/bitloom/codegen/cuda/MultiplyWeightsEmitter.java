package org.bitloom.codegen.cuda;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.codegen.target.MmaAtom;

import static org.bitloom.codegen.cuda.PtxInstruction.FMA_F16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.HALVES;
import static org.bitloom.codegen.cuda.PtxInstruction.LDMATRIX;

/**
 * Emits weights put together in f16 and their products. The signs of two weights become two f16 numbers of a register by one
 * operation, +-1 in the sign bits and 0 or 2 one bit lower, so that two fragments share the word's shift; where they are 0 or 2,
 * the sum starts with all signs at -1. The smallest scales come first, so that only the last sum is rounded at the size of the
 * weight.
 */
final class MultiplyWeightsEmitter {
  private MultiplyWeightsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream) {
    return StagePart.of(LDMATRIX, HALVES, FMA_F16X2)
        .functions(MmaText.wrapper(MmaAtom.M16N8K16_F16)
            + """
                // Totals of a warp, as the MMA accumulates them.
                template <int Tiles>
                struct Totals {
                  float v[kRowTiles][Tiles][4];
                };

                // One of the halves of a register twice, which multiplications take as it is.
                __device__ __forceinline__ u32 both_low(u32 pair) {
                  u32 d;
                  asm("{.reg .b16 low, high; mov.b32 {low, high}, %%1; mov.b32 %%0, {low, low};}" : "=r"(d) : "r"(pair));
                  return d;
                }
                __device__ __forceinline__ u32 both_high(u32 pair) {
                  u32 d;
                  asm("{.reg .b16 low, high; mov.b32 {low, high}, %%1; mov.b32 %%0, {high, high};}" : "=r"(d) : "r"(pair));
                  return d;
                }

                // The signs of register i of fragment f as two f16 numbers: +-1 in odd fragments, and 0 or 2 in even ones. The
                // first takes (moved & kSigns) ^ kMinusOnes in one instruction (PTX ISA, lop3).
                constexpr u32 kSigns = 0x%08xu;
                constexpr u32 kTwos = 0x%08xu;
                constexpr u32 kMinusOnes = 0xbc00bc00u;
                __device__ __forceinline__ u32 sign_halves(u32 word, int f, int i) {
                  constexpr int shifts[4][4] = {%s};
                  const u32 moved = word << shifts[f][i];
                  if (f %% 2 == 0) {
                    return moved & kTwos;
                  }
                  u32 d;
                  asm("lop3.b32 %%0, %%1, %%2, %%3, 0x6a;" : "=r"(d) : "r"(moved), "r"(kSigns), "r"(kMinusOnes));
                  return d;
                }

                // Adds one unit.
                template <int Tiles>
                __device__ __forceinline__ void multiply(u32 slot, u32 x, u32 sums, int unit, const Place& at, Totals<Tiles>& total) {
                  const int g = at.lane / 4;
                  const int matrix = at.lane / 8;
                  u32 rows[(Tiles + 1) / 2];
                #pragma unroll
                  for (int j = 0; j < Tiles; j += 2) {
                    const int row = min((j + matrix / 2) * 8 + (at.lane & 7), at.columns - 1);
                    rows[j / 2] = x + row * (kUnitK * 2) + (((matrix %% 2) ^ (row & 7)) * 16);
                  }
                #pragma unroll
                  for (int h = 0; h < kFlushes; ++h) {
                    // For rows g and g + 8, each twice in a register; where the sum starts in even and odd fragments.
                    u32 words[kRowTiles][kPlanes][4], scales[kRowTiles][kPlanes][2], start[kRowTiles][2][2];
                #pragma unroll
                    for (int r = 0; r < kRowTiles; ++r) {
                      const u32 offsets = %s;
                      u32 least = offsets;
                #pragma unroll
                      for (int p = kPlanes - 1; p >= 0; --p) {
                        load_shared_4(slot + (r * kPlanes + p) * 512 + at.lane * 16, words[r][p]);
                        const u32 pair = parameters(slot, r, p, h, g);
                        scales[r][p][0] = both_low(pair);
                        scales[r][p][1] = both_high(pair);
                        least = sub_f16x2(least, pair);
                      }
                      start[r][0][0] = both_low(least);
                      start[r][0][1] = both_high(least);
                      start[r][1][0] = both_low(offsets);
                      start[r][1][1] = both_high(offsets);
                    }
                #pragma unroll
                    for (int c = 0; c < kFlushCells; ++c) {
                      const int cell = h * kFlushCells + c;
                #pragma unroll
                      for (int f = 0; f < 4; ++f) {
                        u32 fragments[Tiles + Tiles %% 2][2];
                #pragma unroll
                        for (int j = 0; j < Tiles; j += 2) {
                          load_matrices((rows[j / 2] ^ (f * 32)) + cell * 128, &fragments[j]);
                        }
                #pragma unroll
                        for (int r = 0; r < kRowTiles; ++r) {
                          u32 weights[4];
                #pragma unroll
                          for (int i = 0; i < 4; ++i) {
                            weights[i] = start[r][f %% 2][i %% 2];
                #pragma unroll
                            for (int p = kPlanes - 1; p >= 0; --p) {
                              weights[i] = fma_f16x2(sign_halves(words[r][p][cell], f, i), scales[r][p][i %% 2], weights[i]);
                            }
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
                .formatted(SignLayout.SIGNS, SignLayout.TWOS, shifts(),
                    stream.offsets() == 0 ? "0" : "parameters(slot, r, kPlanes, h, g)"));
  }

  private static String shifts() {
    return IntStream.range(0, SignLayout.FRAGMENTS)
        .mapToObj(f -> IntStream.range(0, SignLayout.REGISTERS)
            .mapToObj(register -> Integer.toString(SignLayout.pairShift(f, register)))
            .collect(Collectors.joining(", ", "{", "}")))
        .collect(Collectors.joining(", "));
  }
}
