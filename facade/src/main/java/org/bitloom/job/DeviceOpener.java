package org.bitloom.job;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;

/** Opens the device that the user named. */
final class DeviceOpener {
  private DeviceOpener() {
  }

  /** {@code auto}, {@code cuda}, {@code cpu}, {@code emulated}, or one of them by number, as in {@code cuda:1}. */
  static Device open(String name) {
    try {
      return Devices.open(name);
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage(), e);
    }
  }
}
