package org.bitloom.emulator.exec;

import org.bitloom.emulator.sanitize.FaultKind;

/** Checks of accesses to the local memory of a thread (PTX ISA 5.1.5). */
final class LocalMemory {
  private LocalMemory() {
  }

  /** The place in {@link Warp#local} of {@code size} bytes at {@code address} of {@code lane}. */
  static int at(Warp w, int lane, long address, int size) {
    int bytes = w.local.length / Warp.LANES;
    if (address < 0 || address + size > bytes) {
      throw w.fault(FaultKind.OUT_OF_BOUNDS, lane, size + " bytes at byte " + address + " of " + bytes
          + " bytes of local memory");
    }
    if ((address & size - 1) != 0) {
      throw w.fault(FaultKind.MISALIGNED, lane, size + " bytes at byte " + address + " of local memory");
    }
    return lane * bytes + (int) address;
  }

  static long get(byte[] from, int at, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | (from[at + i] & 0xff);
    }
    return value;
  }

  static void put(byte[] to, int at, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      to[at + i] = (byte) (value >> (8 * i));
    }
  }
}
