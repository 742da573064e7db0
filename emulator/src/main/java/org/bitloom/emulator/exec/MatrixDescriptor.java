package org.bitloom.emulator.exec;

/**
 * A matrix operand of wgmma in shared memory (PTX ISA 9.7.16.5.1: matrix descriptor, strides and swizzles). A core matrix is
 * 8 rows of 16 bytes; rows run along the leading dimension's complement.
 *
 * @param start address of the first element
 * @param leading the leading dimension byte offset
 * @param stride the stride dimension byte offset
 * @param width bytes that are swizzled together: 16 (none), 32, 64 or 128
 */
public record MatrixDescriptor(int start, int leading, int stride, int width) {
  /** Which dimension is contiguous in memory. */
  public enum Major {
    K, MN
  }

  private static final int CORE_ROWS = 8;
  private static final int CORE_BYTES = 16;

  /** Reads the fields of a 64-bit descriptor. */
  static MatrixDescriptor of(long bits) {
    int width = switch ((int) (bits >>> 62)) {
      case 1 -> 128;
      case 2 -> 64;
      case 3 -> 32;
      default -> CORE_BYTES;
    };
    return new MatrixDescriptor(field(bits, 0), field(bits, 16), field(bits, 32), width);
  }

  private static int field(long bits, int shift) {
    return (int) (bits >>> shift & 0x3fff) << 4;
  }

  /** Where the 16 bytes lie that hold row {@code mn} from byte {@code kByte} of its k on; operands that are major in k. */
  int alongK(int mn, int kByte) {
    int offset = mn / CORE_ROWS * stride + mn % CORE_ROWS * width;
    return swizzle(start + offset + (width == CORE_BYTES ? kByte / CORE_BYTES * leading : kByte));
  }

  /** Where 8 neighbours from row {@code mn} on lie at depth {@code k}; operands of 16-bit elements that are major in mn. */
  int alongMn(int mn, int k) {
    int chunk = mn / CORE_ROWS;
    int within = k % CORE_ROWS * width;
    int group = k / CORE_ROWS;
    if (width == CORE_BYTES) {
      return start + chunk * stride + within + group * leading;
    }
    int chunks = width / CORE_BYTES;
    return swizzle(start + chunk % chunks * CORE_BYTES + chunk / chunks * leading + within + group * stride);
  }

  /** The address bits above bit 6 are XORed onto bits 4 to 6, as many as the width asks for. */
  private int swizzle(int address) {
    int bits = width / CORE_BYTES - 1;
    return address ^ (address >> 7 & bits) << 4;
  }
}
