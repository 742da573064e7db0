package org.bitloom.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.quant.Dequantizer;

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
        new DeviceLimits(0, processors, 0, 0, 0), Runtime.getRuntime().maxMemory());
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
    return CpuLinear.load(format, weights, kernel.y(), unpacked -> Reference.of(kernel, unpacked, bias),
        (unpacked, used) -> Reference.of(kernel.withPlanes(used), unpacked, bias));
  }

  /** The product of a format that need not have kernels, without epilogue: x and y are of {@code type}. */
  public Linear linear(WeightFormat format, ActivationType type, PackedWeights weights) {
    return CpuLinear.load(format, weights, type,
        unpacked -> Reference.of(new Dequantizer(unpacked), type, type, List.of(), Optional.empty()),
        (unpacked, used) -> Reference.of(new Dequantizer(unpacked, used), type, type, List.of(), Optional.empty()));
  }

  @Override
  public void close() {
    // buffers and products are closed by their owners
  }
}
