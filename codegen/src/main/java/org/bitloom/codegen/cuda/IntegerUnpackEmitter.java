package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerIr.WeightOperand;
import org.bitloom.codegen.layout.ByteFragments;
import org.bitloom.codegen.layout.PlaneLayout;

/** Emits how the words of a unit become operand A: {@code unpack(unit, block, a)}. */
final class IntegerUnpackEmitter {
  private IntegerUnpackEmitter() {
  }

  static String emit(WeightOperand operand) {
    return switch (operand) {
      case WeightOperand.Planes _ ->
        """
            // The planes of a unit of 256 features: bytes of two cells' words, for rows g and g + 8.
            __device__ __forceinline__ void unpack(const u32 (&unit)[kCodeBits * kCells], int block, u32 (&a)[kSteps][kWeightPlanes][4]) {
            #pragma unroll
              for (int i = 0; i < kCodeBits; ++i) {
                const u32* w = unit + 4 * i;
                a[0][i][0] = __byte_perm(w[0], w[1], 0x%1$04x);
                a[0][i][1] = __byte_perm(w[0], w[1], 0x%2$04x);
                a[0][i][2] = __byte_perm(w[2], w[3], 0x%1$04x);
                a[0][i][3] = __byte_perm(w[2], w[3], 0x%2$04x);
              }
            }

            """
            .formatted(PlaneLayout.UPPER_ROW, PlaneLayout.LOWER_ROW);
      case WeightOperand.BytesOfPlanes bytes -> spread(bytes.fragments(), "the planes of one row and 128 features")
          + """
              // Two cells of 64 features: the bytes of their planes' words, for rows g and g + 8, then bytes of the planes' bits.
              __device__ __forceinline__ void unpack(const u32 (&unit)[kCodeBits * kCells], int block, u32 (&a)[kSteps][kWeightPlanes][4]) {
                u32 upper[kCodeBits], lower[kCodeBits], b[8];
              #pragma unroll
                for (int i = 0; i < kCodeBits; ++i) {
                  const u32* w = unit + 4 * i + 2 * block;
                  upper[i] = __byte_perm(w[0], w[1], 0x%1$04x);
                  lower[i] = __byte_perm(w[0], w[1], 0x%2$04x);
                }
                spread(upper, b);
              #pragma unroll
                for (int step = 0; step < kSteps; ++step) {
                  a[step][0][0] = b[2 * step];
                  a[step][0][2] = b[2 * step + 1];
                }
                spread(lower, b);
              #pragma unroll
                for (int step = 0; step < kSteps; ++step) {
                  a[step][0][1] = b[2 * step];
                  a[step][0][3] = b[2 * step + 1];
                }
              }

              """
              .formatted(PlaneLayout.UPPER_ROW, PlaneLayout.LOWER_ROW);
      case WeightOperand.BytesOfCodes bytes -> spread(bytes.fragments(), "the codes of a cell, for rows g and g + 8")
          + """
              // A cell of 64 features.
              __device__ __forceinline__ void unpack(const u32 (&unit)[kCodeBits * kCells], int block, u32 (&a)[kSteps][kWeightPlanes][4]) {
                u32 w[kCodeBits], b[8];
              #pragma unroll
                for (int i = 0; i < kCodeBits; ++i) {
                  w[i] = unit[block * kCodeBits + i];
                }
                spread(w, b);
              #pragma unroll
                for (int i = 0; i < 8; ++i) {
                  a[i / 4][0][i % 4] = b[i];
                }
              }

              """;
    };
  }

  private static String spread(ByteFragments fragments, String what) {
    StringBuilder text = new StringBuilder("""
        // Bytes of %s.
        __device__ __forceinline__ void spread(const u32 (&w)[kCodeBits], u32 (&b)[8]) {
        """.formatted(what));
    for (int i = 0; i < fragments.steps().size(); i++) {
      text.append("  const u32 v%s = %s;\n".formatted(i,
          ExtractText.of(fragments.steps().get(i), word -> word(fragments, word))));
    }
    for (int i = 0; i < 8; i++) {
      text.append("  b[%s] = %s;\n".formatted(i, word(fragments, fragments.registers().get(i))));
    }
    return text.append("}\n\n").toString();
  }

  private static String word(ByteFragments fragments, int word) {
    return word < fragments.words() ? "w[" + word + "]" : "v" + (word - fragments.words());
  }
}
