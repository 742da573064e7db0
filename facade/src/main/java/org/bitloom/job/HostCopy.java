package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import org.bitloom.runtime.api.Device;

/** Device memory, copied to the host for as long as it is needed there. */
record HostCopy(Arena arena, MemorySegment bytes) implements AutoCloseable {
  static HostCopy of(Device device, long address, long bytes) {
    Arena arena = Arena.ofShared();
    MemorySegment host = arena.allocate(bytes, 256);
    device.download(address, host);
    return new HostCopy(arena, host);
  }

  @Override
  public void close() {
    arena.close();
  }
}
