package org.bitloom.codegen.cuda;

import org.bitloom.codegen.target.MmaAtom;

/** Prints an MMA atom as a wrapper function {@code mma(acc, a, b0, b1)}. */
final class MmaText {
  private MmaText() {
  }

  static String wrapper(MmaAtom atom) {
    return """
        // acc[16 x 8] += a[16 x 16] * b[16 x 8] (%s).
        __device__ __forceinline__ void mma(float (&acc)[4], const u32 (&a)[4], u32 b0, u32 b1) {
          asm("%s {%%0, %%1, %%2, %%3}, {%%4, %%5, %%6, %%7}, {%%8, %%9}, {%%0, %%1, %%2, %%3};"
              : "+f"(acc[0]), "+f"(acc[1]), "+f"(acc[2]), "+f"(acc[3])
              : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
        }
        """.formatted(atom.section(), atom.mnemonic());
  }
}
