package org.bitloom.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.bitloom.runtime.api.DeviceBuffer;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static org.bitloom.runtime.cuda.CudaContext.check;

/**
 * The memory of a context: allocations, and copies on a stream of their own. Copies from pageable memory may return before
 * the device has the data, so each waits for that stream.
 */
final class CudaMemory implements AutoCloseable {
  private static final long STAGING_BYTES = 16L << 20;

  private final CudaContext context;
  private final CUstream copies = new CUstream();
  private final Set<Buffer> live = ConcurrentHashMap.newKeySet();

  CudaMemory(CudaContext context) {
    this.context = context;
    context.run(() -> check("cuStreamCreate", cuStreamCreate(copies, CUstream_flags.CU_STREAM_NON_BLOCKING)));
  }

  DeviceBuffer allocate(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a device buffer has at least one byte, not " + bytes);
    }
    CUdeviceptr pointer = new CUdeviceptr();
    context.run(() -> check("cuMemAlloc(" + bytes + " bytes)", cuMemAlloc(pointer, bytes)));
    Buffer buffer = new Buffer(pointer, bytes);
    live.add(buffer);
    return buffer;
  }

  /** Allocates {@code bytes} zeros. */
  DeviceBuffer zeros(long bytes) {
    DeviceBuffer buffer = allocate(bytes);
    try {
      context.run(() -> {
        check("cuMemsetD8Async",
            cuMemsetD8Async(NativeHandles.device(buffer.address()), (byte) 0, bytes, copies));
        await();
      });
      return buffer;
    } catch (RuntimeException e) {
      buffer.close();
      throw e;
    }
  }

  void upload(MemorySegment host, long address) {
    if (host.byteSize() > 0) {
      context.run(() -> {
        if (host.isNative()) {
          toDevice(host, address);
        } else {
          uploadStaged(host, address);
        }
      });
    }
  }

  void download(long address, MemorySegment host) {
    if (host.isReadOnly()) {
      throw new IllegalArgumentException("cannot download into read-only memory");
    }
    if (host.byteSize() > 0) {
      context.run(() -> {
        if (host.isNative()) {
          toHost(address, host);
        } else {
          downloadStaged(address, host);
        }
      });
    }
  }

  private void uploadStaged(MemorySegment host, long address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = arena.allocate(Math.min(STAGING_BYTES, host.byteSize()), 16);
      for (long done = 0; done < host.byteSize(); done += staging.byteSize()) {
        MemorySegment part = staging.asSlice(0, Math.min(staging.byteSize(), host.byteSize() - done));
        part.copyFrom(host.asSlice(done, part.byteSize()));
        toDevice(part, address + done);
      }
    }
  }

  private void downloadStaged(long address, MemorySegment host) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = arena.allocate(Math.min(STAGING_BYTES, host.byteSize()), 16);
      for (long done = 0; done < host.byteSize(); done += staging.byteSize()) {
        MemorySegment part = staging.asSlice(0, Math.min(staging.byteSize(), host.byteSize() - done));
        toHost(address + done, part);
        host.asSlice(done, part.byteSize()).copyFrom(part);
      }
    }
  }

  private void toDevice(MemorySegment host, long address) {
    try {
      check("cuMemcpyHtoDAsync(" + host.byteSize() + " bytes)",
          cuMemcpyHtoDAsync(NativeHandles.device(address), NativeHandles.host(host), host.byteSize(), copies));
      await();
    } finally {
      Reference.reachabilityFence(host);
    }
  }

  private void toHost(long address, MemorySegment host) {
    try {
      check("cuMemcpyDtoHAsync(" + host.byteSize() + " bytes)",
          cuMemcpyDtoHAsync(NativeHandles.host(host), NativeHandles.device(address), host.byteSize(), copies));
      await();
    } finally {
      Reference.reachabilityFence(host);
    }
  }

  private void await() {
    check("cuStreamSynchronize", cuStreamSynchronize(copies));
  }

  @Override
  public void close() {
    List.copyOf(live).forEach(Buffer::close);
    context.run(() -> check("cuStreamDestroy", cuStreamDestroy(copies)));
  }

  private final class Buffer implements DeviceBuffer {
    private final CUdeviceptr pointer;
    private final long bytes;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Buffer(CUdeviceptr pointer, long bytes) {
      this.pointer = pointer;
      this.bytes = bytes;
    }

    @Override
    public long address() {
      return NativeHandles.value(pointer);
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      if (open.getAndSet(false)) {
        live.remove(this);
        context.run(() -> check("cuMemFree", cuMemFree(pointer)));
      }
    }
  }
}
