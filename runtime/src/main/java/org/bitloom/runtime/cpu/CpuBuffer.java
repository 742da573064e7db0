package org.bitloom.runtime.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import org.bitloom.runtime.api.DeviceBuffer;

/** Native memory of the cpu device. */
final class CpuBuffer implements DeviceBuffer {
  private static final long ALIGNMENT = 256;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  CpuBuffer(long bytes) {
    memory = arena.allocate(bytes, ALIGNMENT);
  }

  @Override
  public long address() {
    return memory.address();
  }

  @Override
  public long bytes() {
    return memory.byteSize();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
