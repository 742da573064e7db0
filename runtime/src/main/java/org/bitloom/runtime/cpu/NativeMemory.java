package org.bitloom.runtime.cpu;

import java.lang.foreign.MemorySegment;

/** The one place where a raw address becomes memory. */
final class NativeMemory {
  private NativeMemory() {
  }

  /** The caller vouches for the address, as it does on a GPU. */
  @SuppressWarnings("restricted")
  static MemorySegment at(long address, long bytes) {
    if (address == 0) {
      throw new IllegalArgumentException("the address is 0");
    }
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }
}
