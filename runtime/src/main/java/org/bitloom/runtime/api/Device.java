package org.bitloom.runtime.api;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Where products run: a CUDA GPU, the PTX emulator or the CPU. Nothing above this interface differs between them. */
public interface Device extends AutoCloseable {
  /** What this device is. */
  DeviceInfo info();

  /** Allocates device memory, aligned to 256 bytes, contents undefined. */
  DeviceBuffer allocate(long bytes);

  /** Copies {@code host} to device memory at {@code address}; complete on return. */
  void upload(MemorySegment host, long address);

  /** Copies device memory at {@code address} to {@code host}; complete on return. */
  void download(long address, MemorySegment host);

  /** A new stream of this device. */
  Stream openStream();

  /** Wraps a stream that a host engine owns (a CUstream); closing the wrapper leaves the engine's stream alive. */
  Stream adoptStream(long handle);

  /**
   * Uploads packed weights and returns their product.
   *
   * @param format the format of the weights; a device that decodes on the host unpacks with its packer
   * @param kernel one of the format's kernels
   * @param bias n numbers of the kernel's result type, if {@link KernelUnit#takesBias()}
   */
  Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias);

  @Override
  void close();
}
