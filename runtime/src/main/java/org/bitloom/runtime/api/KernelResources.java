package org.bitloom.runtime.api;

/**
 * What one compiled kernel entry takes of a multiprocessor, as ptxas reports it.
 *
 * @param registers registers of a thread
 * @param smemBytes static shared memory of a block
 * @param stackBytes stack frame of a thread
 * @param spillStoreBytes bytes that a thread stores because registers ran out
 * @param spillLoadBytes bytes that a thread loads because registers ran out
 */
public record KernelResources(String entry, int registers, int smemBytes, int stackBytes, int spillStoreBytes,
    int spillLoadBytes) {
  /** Spilled bytes in both directions; 0 for a kernel that fits. */
  public int spillBytes() {
    return spillStoreBytes + spillLoadBytes;
  }
}
