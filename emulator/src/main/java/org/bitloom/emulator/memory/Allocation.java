package org.bitloom.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One buffer of global memory. A shadow byte beside every byte says whether anybody wrote it; kernels on several threads
 * only ever set shadow bytes to 1, so they need no lock.
 */
public final class Allocation {
  /** What kernels may do with a buffer. */
  public enum Access {
    /** Kernels write what their launch declares as outputs. */
    READ_WRITE,
    /** Kernels never write. */
    READ_ONLY,
    /** A variable of the module itself: its kernels may always write it. */
    MODULE_VARIABLE
  }

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final String name;
  private final long base;
  private final long bytes;
  private final Arena arena;
  private final MemorySegment data;
  private final MemorySegment shadow;
  private volatile boolean complete;
  private volatile Access access = Access.READ_WRITE;

  Allocation(String name, long base, long bytes) {
    this.name = name;
    this.base = base;
    this.bytes = bytes;
    this.arena = Arena.ofShared();
    this.data = arena.allocate(Math.max(16, bytes), 256);
    this.shadow = arena.allocate(Math.max(16, bytes), 256);
  }

  /** Its name in reports. */
  public String name() {
    return name;
  }

  /** Device address of its first byte. */
  public long base() {
    return base;
  }

  /** Size in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Its bytes. */
  public MemorySegment data() {
    return data;
  }

  /** Whether kernels may write. */
  public Access access() {
    return access;
  }

  /** Sets whether kernels may write. */
  public void access(Access value) {
    access = value;
  }

  /** Whether the bytes {@code [offset, offset + size)} were all written. */
  public boolean written(long offset, int size) {
    if (complete) {
      return true;
    }
    return switch (size) {
      case 1 -> shadow.get(BYTE, offset) == 1;
      case 2 -> shadow.get(SHORT, offset) == 0x0101;
      case 4 -> shadow.get(INT, offset) == 0x01010101;
      case 8 -> shadow.get(LONG, offset) == 0x0101010101010101L;
      case 16 -> (shadow.get(LONG, offset) & shadow.get(LONG, offset + 8)) == 0x0101010101010101L;
      default -> firstUnwritten(offset, size) < 0;
    };
  }

  /** Notes that {@code [offset, offset + size)} was written. */
  public void markWritten(long offset, int size) {
    if (complete) {
      return;
    }
    switch (size) {
      case 1 -> shadow.set(BYTE, offset, (byte) 1);
      case 2 -> shadow.set(SHORT, offset, (short) 0x0101);
      case 4 -> shadow.set(INT, offset, 0x01010101);
      case 8 -> shadow.set(LONG, offset, 0x0101010101010101L);
      case 16 -> {
        shadow.set(LONG, offset, 0x0101010101010101L);
        shadow.set(LONG, offset + 8, 0x0101010101010101L);
      }
      default -> shadow.asSlice(offset, size).fill((byte) 1);
    }
  }

  /** The offset of the first byte of {@code [offset, offset + size)} that nobody wrote, or -1. */
  public long firstUnwritten(long offset, long size) {
    if (complete) {
      return -1;
    }
    for (long i = offset; i < offset + size; i++) {
      if (shadow.get(BYTE, i) == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Copies {@code host} in, as the host does. */
  public void upload(long offset, MemorySegment host) {
    MemorySegment.copy(host, 0, data, offset, host.byteSize());
    if (offset == 0 && host.byteSize() == bytes) {
      complete = true;
    } else if (!complete) {
      shadow.asSlice(offset, host.byteSize()).fill((byte) 1);
    }
  }

  /** Forgets that {@code [offset, offset + size)} was ever written, and fills it with {@code poison}. */
  public void forget(long offset, long size, byte poison) {
    data.asSlice(offset, size).fill(poison);
    if (complete) {
      shadow.fill((byte) 1);
      complete = false;
    }
    shadow.asSlice(offset, size).fill((byte) 0);
  }

  void free() {
    arena.close();
  }
}
