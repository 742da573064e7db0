package org.bitloom.runtime.api;

/** Who keeps a kernel behind those that were queued before it on its stream, where a GPU leaves the choice. */
public enum StreamOrder {
  /** The launch: no block starts before all earlier work has ended. */
  LAUNCH,
  /**
   * The kernel: its blocks may start while the kernel before still runs. Whatever they read or write but weights comes after a wait
   * for that kernel (PTX ISA, {@code griddepcontrol.wait}), of the same thread or of one that it then waits for.
   */
  KERNEL
}
