package org.bitloom.codegen.cuda;

import org.bitloom.codegen.layout.SignLayout;

/** Text that readers of sign words share. */
final class SignText {
  /** {@code turned_back(word, p)}. */
  static final String TURNED_BACK = """
      // A word of plane p as plane 0 has it: planes are turned left by p %% %1$s bits.
      __device__ __forceinline__ u32 turned_right(u32 word, int bits) {
        return __funnelshift_r(word, word, bits);
      }
      __device__ __forceinline__ u32 turned_back(u32 word, int p) {
        return turned_right(word, p %% %1$s);
      }

      """
      .formatted(SignLayout.TURNS);

  private SignText() {
  }
}
