package org.bitloom.job;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.cuda.CudaDevice;

/** Opens the device that the user named. */
final class DeviceOpener {
  private DeviceOpener() {
  }

  /** The first GPU, which {@code command} measures on. */
  static CudaDevice gpu(String command) {
    try {
      if (open(CudaDevice.KIND) instanceof CudaDevice device) {
        return device;
      }
    } catch (DeviceUnavailableException e) {
      throw new DeviceUnavailableException("'" + command + "' measures on a GPU: " + e.getMessage(), e);
    }
    throw new BadInput("'" + command + "' measures on a GPU");
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
