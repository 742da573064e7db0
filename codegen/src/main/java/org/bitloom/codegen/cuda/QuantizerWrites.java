package org.bitloom.codegen.cuda;

import org.bitloom.runtime.api.OperandForm;

/** How the lanes that share a block of features write its operands and add them up. */
final class QuantizerWrites {
  private QuantizerWrites() {
  }

  static String of(OperandForm form) {
    return switch (form) {
      case PLANES -> PLANES;
      case BYTES -> BYTES;
    };
  }

  private static final String BYTES = """
      // Blocks of a token, with those that pad it.
      __device__ __forceinline__ int blocks_of(int k) { return 2 * ((k + 2 * kBlock - 1) / (2 * kBlock)); }

      // The four lanes of a block write its 8 chunks; returns the sum of this lane's operands.
      __device__ __forceinline__ int write(const u32 (&chunks)[2][4], const Place& place, int block, int q, int k) {
        u8* to = place.data + (static_cast<u64>(block) * place.atoms + place.row / kAtomTokens) * kAtomBytes + place.row % kAtomTokens * kRowBytes;
        int sum = 0;
      #pragma unroll
        for (int c = 0; c < 2; ++c) {
          for (int r = 0; r < place.replicas; ++r) {
            *reinterpret_cast<uint4*>(to + static_cast<u64>(r) * blocks_of(k) * place.atoms * kAtomBytes
                + (((2 * q + c) ^ (place.row % kAtomTokens)) * 16)) = make_uint4(chunks[c][0], chunks[c][1], chunks[c][2], chunks[c][3]);
          }
      #pragma unroll
          for (int t = 0; t < 4; ++t) {
            sum = add_operands(chunks[c][t], sum);
          }
        }
        return sum;
      }

      """;

  private static final String PLANES = """
      // Blocks of a token, with those that pad it; a warp has 8 of them, which fill a row of 128 bytes.
      __device__ __forceinline__ int blocks_of(int k) { return 8 * ((k + 8 * kBlock - 1) / (8 * kBlock)); }

      // Hands each of the four lanes of a block what belongs to its words: mine[S] of lane t is chunk S, register t.
      __device__ __forceinline__ void transpose(const u32 (&chunks)[2][4], int q, u32 (&mine)[8]) {
        u32 pairs[2][2][2];  // [t / 2][chunk 2q or 2q + 1][q % 2 of the lane it comes from]
      #pragma unroll
        for (int c = 0; c < 2; ++c) {
      #pragma unroll
          for (int p = 0; p < 2; ++p) {
            const u32 keep = q & 1 ? chunks[c][2 * p + 1] : chunks[c][2 * p];
            const u32 got = __shfl_xor_sync(0xffffffffu, q & 1 ? chunks[c][2 * p] : chunks[c][2 * p + 1], 1);
            pairs[p][c][0] = q & 1 ? got : keep;
            pairs[p][c][1] = q & 1 ? keep : got;
          }
        }
      #pragma unroll
        for (int c = 0; c < 2; ++c) {
      #pragma unroll
          for (int s = 0; s < 2; ++s) {
            const u32 keep = q & 2 ? pairs[1][c][s] : pairs[0][c][s];
            const u32 got = __shfl_xor_sync(0xffffffffu, q & 2 ? pairs[0][c][s] : pairs[1][c][s], 2);
            mine[2 * s + c] = q & 2 ? got : keep;
            mine[2 * s + c + 4] = q & 2 ? keep : got;
          }
        }
      }

      // Word t of a block has bit S + 8j of byte j of chunk S; returns the sum of this lane's operands.
      __device__ __forceinline__ int write(const u32 (&chunks)[2][4], const Place& place, int block, int q, int k) {
        u32 mine[8];
        int sum = 0;
      #pragma unroll
        for (int t = 0; t < 4; ++t) {
          sum = add_operands(chunks[1][t], add_operands(chunks[0][t], sum));
        }
        transpose(chunks, q, mine);
        u8* to = place.data + (static_cast<u64>(block / 8) * kBits * place.atoms + place.row / kAtomTokens) * kAtomBytes + place.row % kAtomTokens * kRowBytes
            + ((block % 8) ^ (place.row % kAtomTokens)) * 16 + q * 4;
      #pragma unroll
        for (int i = 0; i < kBits; ++i) {
          u32 word = 0;
      #pragma unroll
          for (int s = 0; s < 8; ++s) {
            word |= (s < i ? mine[s] >> (i - s) : mine[s] << (s - i)) & (kFirstBits << s);
          }
          for (int r = 0; r < place.replicas; ++r) {
            *reinterpret_cast<u32*>(to + (static_cast<u64>(r) * (blocks_of(k) / 8) * kBits + i) * place.atoms * kAtomBytes) = word;
          }
        }
        return sum;
      }

      """;
}
