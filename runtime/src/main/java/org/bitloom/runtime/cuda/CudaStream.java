package org.bitloom.runtime.cuda;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.bitloom.runtime.api.ArgumentBlock;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightArguments;
import org.bitloom.runtime.launch.QuantizerArguments;
import org.bitloom.runtime.launch.Workspace;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static org.bitloom.runtime.cuda.CudaContext.check;

/**
 * A CUDA stream with its workspace and its argument block. Launches fill the block under the stream's lock; the driver
 * copies it before the launch returns. A workspace that was outgrown is kept until the stream closes, because queued
 * kernels and captured graphs hold its address.
 */
final class CudaStream implements Stream {
  private enum Owner {
    DEVICE, HOST
  }

  private final CudaContext context;
  private final CudaMemory memory;
  private final CUstream stream;
  private final long handle;
  private final Owner owner;
  private final Consumer<CudaStream> onClose;
  private final Arena arena = Arena.ofShared();
  private final ArgumentBlock arguments = new ArgumentBlock(arena);
  private final Pointer argumentPointers = NativeHandles.host(arguments.pointers());
  private final QuantizerArguments quantizerArguments = new QuantizerArguments(arena);
  private final Pointer quantizerPointers = NativeHandles.host(quantizerArguments.pointers());
  /** Empty on GPUs whose kernels cannot wait for each other. */
  private final Optional<EarlyLaunch> early;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private Workspace workspace = Workspace.NONE;
  private long partial;
  private long counters;
  private long quantized;
  private boolean closed;

  private CudaStream(CudaContext context, CudaMemory memory, CUstream stream, Owner owner,
      Consumer<CudaStream> onClose) {
    this.context = context;
    this.memory = memory;
    this.stream = stream;
    this.handle = NativeHandles.value(stream);
    this.owner = owner;
    this.onClose = onClose;
    this.early = context.capability() >= EarlyLaunch.LEAST_CAPABILITY
        ? Optional.of(new EarlyLaunch(handle, arena))
        : Optional.empty();
  }

  /** A new stream, independent of the legacy default stream. */
  static CudaStream create(CudaContext context, CudaMemory memory, Consumer<CudaStream> onClose) {
    CUstream stream = new CUstream();
    context.run(() -> check("cuStreamCreate", cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING)));
    return new CudaStream(context, memory, stream, Owner.DEVICE, onClose);
  }

  /** The stream that a host engine calls {@code handle}. */
  static CudaStream adopt(CudaContext context, CudaMemory memory, long handle, Consumer<CudaStream> onClose) {
    return new CudaStream(context, memory, NativeHandles.stream(handle), Owner.HOST, onClose);
  }

  /** Makes the workspace hold {@code needed}; what is queued keeps the workspace it was queued with. */
  synchronized void extend(Workspace needed) {
    if (closed || workspace.holds(needed)) {
      return;
    }
    if (needed.partialBytes() > workspace.partialBytes()) {
      long bytes = Math.max(needed.partialBytes(), 2 * workspace.partialBytes());
      partial = keep(memory.allocate(bytes));
      workspace = new Workspace(bytes, workspace.counters(), workspace.quantizedBytes());
    }
    if (needed.counters() > workspace.counters()) {
      int count = Math.max(needed.counters(), 2 * workspace.counters());
      counters = keep(memory.zeros((long) count * Integer.BYTES));
      workspace = new Workspace(workspace.partialBytes(), count, workspace.quantizedBytes());
    }
    if (needed.quantizedBytes() > workspace.quantizedBytes()) {
      long bytes = Math.max(needed.quantizedBytes(), 2 * workspace.quantizedBytes());
      // Tiles larger than a batch read past its tokens: what they find is not used, but it is defined.
      quantized = keep(memory.zeros(bytes));
      workspace = new Workspace(workspace.partialBytes(), workspace.counters(), bytes);
    }
  }

  private long keep(DeviceBuffer buffer) {
    buffers.add(buffer);
    return buffer.address();
  }

  /** Queues one launch of a generated kernel. */
  synchronized void launch(CUfunction function, StreamOrder order, LaunchShape shape, WeightArguments weights, long x,
      long y, int m) {
    requireOpen();
    if (!workspace.holds(shape)) {
      throw new IllegalStateException("the workspace of this stream is too small for " + shape + "; prepare the batch");
    }
    arguments.fill(weights, x, y, partial, counters, m);
    launch(function, order, shape, arguments.pointers().address(), argumentPointers);
  }

  /** Kernels that order themselves behind the one before are launched while it still runs. */
  private void launch(CUfunction function, StreamOrder order, LaunchShape shape, long address, Pointer pointers) {
    if (order == StreamOrder.KERNEL && early.isPresent()) {
      context.push();
      try {
        int result = early.get().launch(NativeHandles.value(function), shape, address);
        checkLaunch("cuLaunchKernelEx", shape.gridX(), shape.gridY(), shape.gridZ(), shape.threads(), shape.smemBytes(),
            result);
      } finally {
        context.pop();
      }
    } else {
      launch(function, shape.gridX(), shape.gridY(), shape.gridZ(), shape.threads(), shape.smemBytes(), pointers);
    }
  }

  private static void checkLaunch(String call, int gridX, int gridY, int gridZ, int threads, int smemBytes,
      int result) {
    if (result != CUresult.CUDA_SUCCESS) {
      throw new CudaException(call + "(grid " + gridX + "x" + gridY + "x" + gridZ + ", " + threads + " threads, "
          + smemBytes + " bytes of shared memory)", result);
    }
  }

  /** Queues one quantization of activations. */
  synchronized void quantize(CUfunction function, LaunchShape shape, long x, long into, int k, int m) {
    requireOpen();
    quantizerArguments.fill(x, into, k, m);
    launch(function, StreamOrder.KERNEL, shape, quantizerArguments.pointers().address(), quantizerPointers);
  }

  /** Device address of the buffer for activations that are quantized on this stream. */
  synchronized long quantized() {
    return quantized;
  }

  /** Queues one launch of any kernel. */
  synchronized void launch(CUfunction function, int gridX, int gridY, int gridZ, int threads, int smemBytes,
      Pointer pointers) {
    requireOpen();
    context.push();
    try {
      checkLaunch("cuLaunchKernel", gridX, gridY, gridZ, threads, smemBytes,
          cuLaunchKernel(function, gridX, gridY, gridZ, threads, 1, 1, smemBytes, stream, pointers, null));
    } finally {
      context.pop();
    }
  }

  /** The stream as JCuda wants it. */
  synchronized CUstream stream() {
    requireOpen();
    return stream;
  }

  /** The context it belongs to. */
  CudaContext context() {
    return context;
  }

  @Override
  public long handle() {
    return handle;
  }

  @Override
  public void synchronize() {
    await(stream());
  }

  private void await(CUstream open) {
    context.run(() -> check("cuStreamSynchronize", cuStreamSynchronize(open)));
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this stream is closed");
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    onClose.accept(this);
    try {
      await(stream);
    } finally {
      buffers.forEach(DeviceBuffer::close);
      arena.close();
      if (owner == Owner.DEVICE) {
        context.run(() -> check("cuStreamDestroy", cuStreamDestroy(stream)));
      }
    }
  }
}
