package org.bitloom.emulator.exec;

/**
 * How one element of a memory access meets its register: an element of {@code bytes} bytes, sign- or zero-extended to the
 * register's width.
 *
 * @param registerBits 16, 32 or 64
 */
public record Element(int bytes, Extension extension, int registerBits) {
  /** What fills the upper bits of a wider register. */
  public enum Extension {
    SIGN, ZERO
  }

  /** The register bits of a loaded element, its upper bits undefined. */
  long extend(long value) {
    if (extension == Extension.ZERO || bytes == 8) {
      return value;
    }
    int unused = 64 - 8 * bytes;
    long wide = value << unused >> unused;
    return registerBits == 16 ? wide & 0xffff : wide;
  }
}
