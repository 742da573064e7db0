package org.bitloom.runtime.api;

/** Device memory that its owner closes. */
public interface DeviceBuffer extends AutoCloseable {
  /** Device address of the first byte. */
  long address();

  /** Size in bytes. */
  long bytes();

  @Override
  void close();
}
