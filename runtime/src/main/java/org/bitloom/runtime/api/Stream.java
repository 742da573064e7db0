package org.bitloom.runtime.api;

/**
 * A queue of work in order, with the workspace that split-K kernels queued on it share. Calls on one stream are ordered, so
 * its workspace needs no lock on the device; a captured graph uses the workspace of the stream it was captured on.
 */
public interface Stream extends AutoCloseable {
  /** The native handle (a CUstream), 0 where there is none. */
  long handle();

  /** Waits until all queued work is done; errors of that work surface here. */
  void synchronize();

  @Override
  void close();
}
