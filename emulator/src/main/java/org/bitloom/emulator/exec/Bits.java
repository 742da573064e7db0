package org.bitloom.emulator.exec;

/** Bit-level functions of single numbers, as PTX defines them at the edges. */
public final class Bits {
  private Bits() {
  }

  /** prmt.b32 without a mode (PTX ISA 9.7.9.7): each nibble of {@code selector} picks a byte, its top bit the sign of it. */
  public static int permute(int a, int b, int selector) {
    long both = (a & 0xffffffffL) | (long) b << 32;
    int result = 0;
    for (int i = 0; i < 4; i++) {
      int nibble = selector >> (4 * i);
      int value = (int) (both >> (8 * (nibble & 7))) & 0xff;
      if ((nibble & 8) != 0) {
        value = (byte) value < 0 ? 0xff : 0;
      }
      result |= value << (8 * i);
    }
    return result;
  }

  /** The modes of prmt.b32: the selector of the byte order they stand for. */
  public static int modeSelector(String mode, int c) {
    int s = c & 3;
    return switch (mode) {
      case "f4e" -> s | (s + 1) << 4 | (s + 2) << 8 | (s + 3) << 12;
      case "b4e" -> s | (s - 1 & 7) << 4 | (s - 2 & 7) << 8 | (s - 3 & 7) << 12;
      case "rc8" -> s * 0x1111;
      case "ecl" -> s | Math.max(s, 1) << 4 | Math.max(s, 2) << 8 | 3 << 12;
      case "ecr" -> Math.min(s, 1) << 4 | Math.min(s, 2) << 8 | s << 12;
      case "rc16" -> (s & 1) * 0x2222 + 0x1010;
      default -> throw new IllegalArgumentException("prmt has no mode " + mode);
    };
  }

  /** bfe.u32 (PTX ISA 9.7.1.19). */
  public static int extract(int a, int position, int length) {
    if (length == 0 || position > 31) {
      return 0;
    }
    return length > 31 ? a >>> position : a >>> position & (1 << length) - 1;
  }

  /** bfe.s32: bits past the top repeat the sign. */
  public static int extractSigned(int a, int position, int length) {
    if (length == 0) {
      return 0;
    }
    int sign = a >> Math.min(position + length - 1, 31) & 1;
    int result = -sign;
    for (int i = 0; i < Math.min(length, 32) && position + i < 32; i++) {
      result = (result & ~(1 << i)) | (a >> (position + i) & 1) << i;
    }
    return result;
  }

  /** bfe.u64. */
  public static long extract(long a, int position, int length) {
    if (length == 0 || position > 63) {
      return 0;
    }
    return length > 63 ? a >>> position : a >>> position & (1L << length) - 1;
  }

  /** bfi.b32 (PTX ISA 9.7.1.20): {@code a}'s low bits into {@code b}. */
  public static int insert(int a, int b, int position, int length) {
    if (position > 31 || length == 0) {
      return b;
    }
    int mask = (length > 31 ? -1 : (1 << length) - 1) << position;
    return (b & ~mask) | (a << position & mask);
  }

  /** bfi.b64. */
  public static long insert(long a, long b, int position, int length) {
    if (position > 63 || length == 0) {
      return b;
    }
    long mask = (length > 63 ? -1L : (1L << length) - 1) << position;
    return (b & ~mask) | (a << position & mask);
  }

  /** bfind.u32 (PTX ISA 9.7.1.17): the position of the highest 1, or -1. */
  public static int find(int a) {
    return 31 - Integer.numberOfLeadingZeros(a);
  }

  /** dp4a (PTX ISA 9.7.1.23). */
  public static int dot4(int a, int b, int c, boolean signedA, boolean signedB) {
    int sum = c;
    for (int i = 0; i < 32; i += 8) {
      sum += part(a >> i, 8, signedA) * part(b >> i, 8, signedB);
    }
    return sum;
  }

  /** dp2a (PTX ISA 9.7.1.24); {@code high} is 16 for .hi and 0 for .lo. */
  public static int dot2(int a, int b, int c, boolean signedA, boolean signedB, int high) {
    return c + part(a, 16, signedA) * part(b >> high, 8, signedB)
        + part(a >> 16, 16, signedA) * part(b >> (high + 8), 8, signedB);
  }

  private static int part(int x, int bits, boolean signed) {
    return signed ? x << (32 - bits) >> (32 - bits) : x & (1 << bits) - 1;
  }
}
