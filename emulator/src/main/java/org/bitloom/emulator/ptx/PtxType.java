package org.bitloom.emulator.ptx;

import java.util.Optional;

/** Fundamental, packed and alternate types of registers, memory accesses and operations (PTX ISA 5.2). */
public enum PtxType {
  PRED(1), B8(8), U8(8), S8(8), B16(16), U16(16), S16(16), F16(16), BF16(16), B32(32), U32(32), S32(32), F32(32), TF32(
      32), F16X2(
          32), BF16X2(32), B64(64), U64(64), S64(64), F64(64), F32X2(64), B128(128), E4M3X2(16), E5M2X2(16), B1(1);

  private final int bits;

  PtxType(int bits) {
    this.bits = bits;
  }

  /** Width in bits. */
  public int bits() {
    return bits;
  }

  /** Width in bytes. */
  public int bytes() {
    return bits / 8;
  }

  /** Whether numbers of this type are two's complement. */
  public boolean signed() {
    return this == S8 || this == S16 || this == S32 || this == S64;
  }

  /** The type spelled {@code modifier} (without its dot), if it is one. */
  public static Optional<PtxType> of(String modifier) {
    for (PtxType type : values()) {
      if (type.name().equalsIgnoreCase(modifier)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
