package org.bitloom.emulator;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceProvider;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.compile.NativeLibraryException;

/** Opens emulated devices; every ordinal is a device of its own. */
public final class EmulatedDeviceProvider implements DeviceProvider {
  @Override
  public String kind() {
    return EmulatedDevice.KIND;
  }

  @Override
  public Device open(int ordinal) {
    try {
      return new EmulatedDevice(KernelCompiler.standard());
    } catch (NativeLibraryException e) {
      throw new DeviceUnavailableException(e.getMessage(), e);
    }
  }
}
