package org.bitloom.codegen.cuda;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.codegen.target.MmaAtom;

/**
 * Emits weights put together in f16, plane by plane, and their products by single warps, with activations loaded into
 * registers. The signs of two weights become two f16 numbers of a register by one operation, +-1 in the sign bits and 0 or 2 one bit lower, so that two fragments share the word's shift; where they are 0 or 2,
 * the sum starts with all signs at -1. The smallest scales come first, so that only the last sum is rounded at the size of the
 * weight.
 */
final class MultiplyWeightsEmitter {
  private MultiplyWeightsEmitter() {
  }

  static StagePart emit(SignStage.StreamSigns stream) {
    return StagePart.empty()
        .constants(onlyTileStep("0"))
        .functions(MmaText.wrapper(MmaAtom.M16N8K16_F16) + common(stream) + WARP + STORE);
  }

  /** Where ldmatrix finds its third and fourth matrices if there is only one tile of columns: a constant of the text. */
  static String onlyTileStep(String bytes) {
    return "constexpr int kOnlyTileStep = " + bytes
        + ";  // bytes from the first two matrices of an ldmatrix to the others, of the only tile of columns\n";
  }

  /** Totals of a warp. */
  static final String TOTALS = """
      // Totals of a warp, as the MMA accumulates them.
      template <int Tiles>
      struct Totals {
        float v[kRowTiles][Tiles][4];
      };

      """;

  private static String common(SignStage.StreamSigns stream) {
    return TOTALS + LevelsText.HALVES + SignText.TURNED_BACK
        + """
            // The signs of register i of fragment f of the first or the second of two cells as two f16 numbers: +-1 in odd
            // fragments, and 0 or 2 in even ones. The first takes (moved & kSigns) ^ kMinusOnes in one instruction (PTX ISA, lop3).
            constexpr u32 kSigns = 0x%08xu;
            constexpr u32 kTwos = 0x%08xu;
            constexpr u32 kMinusOnes = 0xbc00bc00u;
            __device__ __forceinline__ u32 sign_halves(u32 word, int cell, int f, int i) {
              constexpr int shifts[2][4][4] = {%s};
              const u32 moved = word << shifts[cell][f][i];
              if (f %% 2 == 0) {
                return moved & kTwos;
              }
              u32 d;
              asm("lop3.b32 %%0, %%1, %%2, %%3, 0x6a;" : "=r"(d) : "r"(moved), "r"(kSigns), "r"(kMinusOnes));
              return d;
            }

            // Signs and parameters of the features of one flush, of one row tile: scales of rows g and g + 8, each twice in a register,
            // and where sums start in even and odd fragments.
            struct Coded {
              u32 words[kPlanes][4], scales[kPlanes][2], start[2][2];

              __device__ __forceinline__ void load(u32 slot, int r, int h, const Place& at) {
                const int g = at.lane / 4;
                const u32 offsets = %s;
                u32 least = offsets;
            #pragma unroll
                for (int p = kPlanes - 1; p >= 0; --p) {
                  load_shared_4(slot + (r * kPlanes + p) * 512 + at.lane * 16, words[p]);
            #pragma unroll
                  for (int w = 0; w < 4; ++w) {
                    const u32 word = turned_back(words[p][w], p);
                    words[p][w] = permute_bytes(word, word, 0x%04x);
                  }
                  const u32 pair = parameters(slot, r, p, h, g);
                  scales[p][0] = both_low(pair);
                  scales[p][1] = both_high(pair);
                  least = sub_f16x2(least, pair);
                }
                start[0][0] = both_low(least);
                start[0][1] = both_high(least);
                start[1][0] = both_low(offsets);
                start[1][1] = both_high(offsets);
              }

              // Fragment f of a cell of the unit.
              __device__ __forceinline__ void weights(int cell, int f, u32 (&weights)[4]) const {
            #pragma unroll
                for (int i = 0; i < 4; ++i) {
                  weights[i] = start[f %% 2][i %% 2];
            #pragma unroll
                  for (int p = kPlanes - 1; p >= 0; --p) {
                    const u32 word = words[p][FIRST_WORD + WORD_OF_REGISTER];
                    weights[i] = fma_f16x2(sign_halves(word, CELL_OF_WORDS, f, i), scales[p][i %% 2], weights[i]);
                  }
                }
              }
            };

            """
            .formatted(SignLayout.SIGNS, SignLayout.TWOS, shifts(),
                stream.offsets() == 0 ? "0" : "parameters(slot, r, kPlanes, h, g)", SignLayout.BYTES_BY_HALF)
            .replace("FIRST_WORD", SignLayout.firstWordOfCell("cell"))
            .replace("CELL_OF_WORDS", SignLayout.cellOfWords("cell"))
            .replace("WORD_OF_REGISTER", SignLayout.wordOfRegister("i"));
  }

  private static final String WARP = """
      // Adds one unit.
      template <int Tiles>
      __device__ __forceinline__ void multiply(u32 slot, u32 x, const Place& at, Totals<Tiles>& total) {
      #pragma unroll
        for (int h = 0; h < kFlushes; ++h) {
          Coded coded[kRowTiles];
      #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
            coded[r].load(slot, r, h, at);
          }
      #pragma unroll
          for (int cell = h * kFlushCells; cell < (h + 1) * kFlushCells; ++cell) {
      #pragma unroll
            for (int f = 0; f < 4; ++f) {
              u32 fragments[Tiles + Tiles % 2][2];
      #pragma unroll
              for (int j = 0; j < Tiles; j += 2) {
                load_matrices((x ^ (f * 32)) + cell * kCellBytes + j * kTileBytes, &fragments[j]);
              }
      #pragma unroll
              for (int r = 0; r < kRowTiles; ++r) {
                u32 weights[4];
                coded[r].weights(cell, f, weights);
      #pragma unroll
                for (int j = 0; j < Tiles; ++j) {
                  mma(total.v[r][j], weights, fragments[j][0], fragments[j][1]);
                }
              }
            }
          }
        }
      }

      """;

  /** How totals leave a warp. */
  static final String STORE = ReduceTurnsEmitter.storeTotals("""
      #pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int column = 8 * j + at.lane % 4 * 2 + i % 2;
        if (column < at.columns) {
          totals[(at.warp_k * at.columns + column) * kTotalStride + (at.warp_n * kRowTiles + r) * 16 + at.lane / 4
              + 8 * (i / 2)] = total.v[r][j][i];
        }
      }
      """);

  private static String shifts() {
    return IntStream.range(0, SignLayout.CELLS)
        .mapToObj(cell -> IntStream.range(0, SignLayout.FRAGMENTS)
            .mapToObj(f -> IntStream.range(0, SignLayout.REGISTERS)
                .mapToObj(register -> Integer.toString(SignLayout.pairShift(cell, f, register)))
                .collect(Collectors.joining(", ", "{", "}")))
            .collect(Collectors.joining(", ", "{", "}")))
        .collect(Collectors.joining(", "));
  }
}
