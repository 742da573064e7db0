package org.bitloom.emulator.exec;

/** Where a memory instruction looks (PTX ISA 5.1); generic addresses find their space by value. */
public enum Space {
  GLOBAL, SHARED, LOCAL, GENERIC;

  /** Generic address of local address 0. */
  static final long LOCAL_WINDOW = 1L << 33;
  private static final long LOCAL_WINDOW_BYTES = 1L << 24;

  /** The space that {@code address} lies in. */
  Space of(long address) {
    if (this != GENERIC) {
      return this;
    }
    if (SharedMemory.inWindow(address)) {
      return SHARED;
    }
    return address >= LOCAL_WINDOW && address < LOCAL_WINDOW + LOCAL_WINDOW_BYTES ? LOCAL : GLOBAL;
  }

  /** The address within {@code found}, the space that a generic address was found in. */
  long inside(Space found, long address) {
    if (this != GENERIC) {
      return address;
    }
    return switch (found) {
      case SHARED -> address - SharedMemory.WINDOW;
      case LOCAL -> address - LOCAL_WINDOW;
      case GLOBAL, GENERIC -> address;
    };
  }

  /** What cvta adds to an address of this space to make it generic (PTX ISA 9.7.9.20). */
  public long window() {
    return switch (this) {
      case SHARED -> SharedMemory.WINDOW;
      case LOCAL -> LOCAL_WINDOW;
      case GLOBAL, GENERIC -> 0;
    };
  }
}
