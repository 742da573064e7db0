package org.bitloom.runtime.api;

/** Opens one kind of device; found with {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
  /** {@code cuda}, {@code emulated} or {@code cpu}. */
  String kind();

  /** Where nothing was asked for, the available kind with the highest number runs. */
  int priority();

  /**
   * Opens the device.
   *
   * @throws IllegalStateException if this machine has none, saying what is missing
   */
  Device open();
}
