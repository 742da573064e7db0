package org.bitloom.codegen.target;

/** Element types of Tensor Core operands. */
public enum MmaType {
  F16(16), BF16(16), F32(32), S8(8), U8(8), S32(32), B1(1), E4M3(8), E5M2(8);

  private final int bits;

  MmaType(int bits) {
    this.bits = bits;
  }

  /** Bits of one element. */
  public int bits() {
    return bits;
  }

  /** The spelling in a PTX mnemonic. */
  public String ptx() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
