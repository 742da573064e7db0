package org.bitloom.codegen.target;

import java.util.List;

/**
 * One instruction of a warpgroup as data: {@code D[64,n] += A[64,k] * B[n,k]^T} with n from 8 to 256, D and A in registers, B
 * in shared memory (PTX ISA 9.7.16.5.2, wgmma.mma_async; sm_90a). Warp w of the four holds rows 16w to 16w + 15 of A and D, in
 * the fragments of {@link #fragments()}: D repeats the accumulators of that atom for every 8 columns.
 *
 * @param fragments the instruction of one warp whose operands A and D lie in the same lanes and registers
 * @param suffix what follows the types in the mnemonic
 */
public record WarpgroupAtom(String name, MmaAtom fragments, String suffix) {
  /** Population count of the AND of bit rows, 256 of them deep; eight times the rate of bytes on an H100. */
  public static final WarpgroupAtom B1_AND = new WarpgroupAtom("wgmma.k256.b1", MmaAtom.M16N8K256_B1_AND, ".and.popc");
  /** Unsigned bytes times signed bytes. */
  public static final WarpgroupAtom U8S8 = new WarpgroupAtom("wgmma.k32.u8.s8", MmaAtom.M16N8K32_U8S8, "");
  /** Unsigned bytes. */
  public static final WarpgroupAtom U8 = new WarpgroupAtom("wgmma.k32.u8.u8", MmaAtom.M16N8K32_U8, "");

  /** f16 operands, f32 accumulators. */
  public static final WarpgroupAtom F16 = new WarpgroupAtom("wgmma.k16.f16", MmaAtom.M16N8K16_F16, "");
  /** bf16 operands, f32 accumulators. */
  public static final WarpgroupAtom BF16 = new WarpgroupAtom("wgmma.k16.bf16", MmaAtom.M16N8K16_BF16, "");

  /** All atoms. */
  public static final List<WarpgroupAtom> ALL = List.of(B1_AND, U8S8, U8, F16, BF16);

  private static final int ROW_BITS = 256;

  public WarpgroupAtom {
    if (fragments.k() * fragments.aType().bits() != ROW_BITS || fragments.a().registers() != 4) {
      throw new IllegalArgumentException(
          name + ": a row of A has " + ROW_BITS + " bits, in four registers of four lanes");
    }
    if (fragments.m() != 16 || fragments.n() != 8) {
      throw new IllegalArgumentException(name + ": the fragments of a warp are those of m16n8");
    }
  }

  /** Depth of one instruction. */
  public int k() {
    return fragments.k();
  }

  /**
   * The PTX opcode with all its modifiers.
   *
   * @param n columns of B, a multiple of 8
   */
  public String mnemonic(int n) {
    if (n < 8 || n > 256 || n % 8 != 0) {
      throw new IllegalArgumentException("n of wgmma is a multiple of 8 up to 256, not " + n);
    }
    return "wgmma.mma_async.sync.aligned.m64n" + n + "k" + k() + "." + fragments.cType().ptx() + "."
        + fragments.aType().ptx() + "." + fragments.bType().ptx() + suffix;
  }
}
