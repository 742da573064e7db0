package org.bitloom.runtime.cuda;

import java.io.UncheckedIOException;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceProvider;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.compile.NativeLibraryException;

/** Opens NVIDIA GPUs. */
public final class CudaDeviceProvider implements DeviceProvider {
  @Override
  public String kind() {
    return CudaDevice.KIND;
  }

  @Override
  public Device open(int ordinal) {
    try {
      return CudaDevice.open(ordinal);
    } catch (NativeLibraryException | CudaException | UncheckedIOException e) {
      throw new DeviceUnavailableException(e.getMessage(), e);
    }
  }
}
