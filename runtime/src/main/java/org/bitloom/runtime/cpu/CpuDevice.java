package org.bitloom.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;

/**
 * The plain Java device: the oracle of all others, and the fallback where there is no GPU. Of a kernel it takes types and
 * epilogue alone. Device addresses are native addresses; every call is complete on return.
 */
public final class CpuDevice implements Device {
  /** The {@link DeviceInfo#kind()} of this device. */
  public static final String KIND = "cpu";

  @Override
  public DeviceInfo info() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new DeviceInfo(KIND, "Java on " + processors + " " + System.getProperty("os.arch") + " processors", "",
        new DeviceLimits(processors, 0, 0, 0), Runtime.getRuntime().maxMemory());
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    return new CpuBuffer(bytes);
  }

  @Override
  public void upload(MemorySegment host, long address) {
    NativeMemory.at(address, host.byteSize()).copyFrom(host);
  }

  @Override
  public void download(long address, MemorySegment host) {
    host.copyFrom(NativeMemory.at(address, host.byteSize()));
  }

  @Override
  public Stream openStream() {
    return new CpuStream();
  }

  /**
   * @throws UnsupportedOperationException always: there are no native streams on the cpu
   */
  @Override
  public Stream adoptStream(long handle) {
    throw new UnsupportedOperationException("the cpu device has no native streams to adopt");
  }

  @Override
  public Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias) {
    return new CpuLinear(format, kernel, weights, bias);
  }

  @Override
  public void close() {
    // buffers and products are closed by their owners
  }
}
