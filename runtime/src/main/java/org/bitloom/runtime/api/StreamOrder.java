package org.bitloom.runtime.api;

/** Who keeps a kernel behind those that were queued before it on its stream. */
public enum StreamOrder {
  /** The launch: no block starts before all earlier work has ended. */
  LAUNCH,
  /**
   * The kernel: its blocks may start while the kernel before still runs, and every thread waits (PTX ISA,
   * {@code griddepcontrol.wait}) before it reads or writes anything but weights.
   */
  KERNEL
}
