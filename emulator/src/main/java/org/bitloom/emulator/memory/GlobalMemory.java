package org.bitloom.emulator.memory;

import java.lang.foreign.MemorySegment;

/**
 * The global memory of an emulated device: every buffer starts at a multiple of 64 GiB of its own, so that an address that
 * leaves its buffer meets no other one, and an address cut to 32 bits meets none.
 */
public final class GlobalMemory implements AutoCloseable {
  private static final int SLOT_BITS = 36;
  private static final int FIRST_SLOT = 1 << 4;
  private static final byte POISON = (byte) 0xcd;
  private static final Allocation NONE = new Allocation("nothing", 0, 0);

  private volatile Allocation[] slots = new Allocation[0];

  /** Allocates a buffer whose contents are undefined. */
  public synchronized Allocation allocate(String name, long bytes) {
    if (bytes < 0 || bytes >= 1L << SLOT_BITS) {
      throw new IllegalArgumentException("a buffer has 0 to 2^" + SLOT_BITS + " bytes, not " + bytes);
    }
    Allocation[] old = slots;
    int slot = old.length;
    Allocation[] grown = java.util.Arrays.copyOf(old, slot + 1);
    Allocation fresh = new Allocation(name, (long) (slot + FIRST_SLOT) << SLOT_BITS, bytes);
    fresh.forget(0, bytes, POISON);
    grown[slot] = fresh;
    slots = grown;
    return fresh;
  }

  /** Frees a buffer; later accesses to it are out of bounds. */
  public synchronized void free(Allocation allocation) {
    Allocation[] changed = slots.clone();
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] == allocation) {
        changed[i] = NONE;
        allocation.free();
      }
    }
    slots = changed;
  }

  /** The buffer whose 64 GiB hold {@code address}; one of no bytes where there is none. */
  public Allocation at(long address) {
    Allocation[] now = slots;
    long slot = (address >>> SLOT_BITS) - FIRST_SLOT;
    return slot >= 0 && slot < now.length ? now[(int) slot] : NONE;
  }

  /** The buffer that holds all of {@code [address, address + bytes)}. */
  public Allocation holding(long address, long bytes) {
    Allocation a = at(address);
    if (address < a.base() || bytes < 0 || address - a.base() + bytes > a.bytes()) {
      throw new IllegalArgumentException(bytes + " bytes at 0x" + Long.toHexString(address) + " lie in no buffer");
    }
    return a;
  }

  /** Copies {@code host} to {@code address}. */
  public void upload(MemorySegment host, long address) {
    Allocation a = holding(address, host.byteSize());
    a.upload(address - a.base(), host);
  }

  /** Copies from {@code address} to {@code host}. */
  public void download(long address, MemorySegment host) {
    Allocation a = holding(address, host.byteSize());
    MemorySegment.copy(a.data(), address - a.base(), host, 0, host.byteSize());
  }

  /** Makes {@code [address, address + bytes)} unwritten again, so that a launch can prove that it writes all of it. */
  public void poison(long address, long bytes) {
    Allocation a = holding(address, bytes);
    a.forget(address - a.base(), bytes, POISON);
  }

  @Override
  public synchronized void close() {
    for (Allocation a : slots) {
      if (a != NONE) {
        a.free();
      }
    }
    slots = new Allocation[0];
  }
}
