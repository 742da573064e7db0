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

  /** mapa (PTX ISA 9.7.9.23): where {@code address} of this space lies in the CTA of rank {@code rank}. */
  public long ofRank(long rank, long address) {
    return SharedMemory.ofRank(rank, address) + (this == GENERIC ? SharedMemory.WINDOW : 0);
  }

  /** getctarank (PTX ISA 9.7.9.24): the rank of the CTA whose shared memory holds {@code address}. */
  public static long rankOf(long address, long own) {
    long rank = (address & 0xffff_ffffL) >>> SharedMemory.RANK_SHIFT;
    return rank == 0 ? own : rank - 1;
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
