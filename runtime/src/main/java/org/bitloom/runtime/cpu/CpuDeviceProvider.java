package org.bitloom.runtime.cpu;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceProvider;
import org.bitloom.runtime.api.DeviceUnavailableException;

/** Offers the cpu device, the last resort that is always there. */
public final class CpuDeviceProvider implements DeviceProvider {
  @Override
  public String kind() {
    return CpuDevice.KIND;
  }

  @Override
  public Device open(int ordinal) {
    if (ordinal != 0) {
      throw new DeviceUnavailableException("there is no cpu:" + ordinal + "; all processors together are cpu:0");
    }
    return new CpuDevice();
  }
}
