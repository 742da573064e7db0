package org.bitloom.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;

import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.compile.CompiledKernel;

import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static org.bitloom.runtime.cuda.CudaContext.check;

/** One entry of a loaded image, launched with arguments of the caller's own; it lives as long as its device. */
public final class CudaFunction {
  private final CudaContext context;
  private final CUmodule module = new CUmodule();
  private final CUfunction function = new CUfunction();
  /** Dynamic shared memory that launches may use; without asking it is 48 KiB less what the kernel declares itself. */
  private int smemBytes;

  CudaFunction(CudaContext context, CompiledKernel kernel, String entry) {
    this.context = context;
    context.run(() -> {
      check("cuModuleLoadData(" + kernel.name() + " for " + kernel.arch() + ")",
          cuModuleLoadData(module, terminated(kernel)));
      try {
        check("cuModuleGetFunction(" + entry + ")", cuModuleGetFunction(function, module, entry));
        loadNow();
      } catch (CudaException e) {
        cuModuleUnload(module);
        throw e;
      }
    });
  }

  /** Drivers load functions lazily, some only at the first launch, which may lie inside a capture; asking loads them. */
  private void loadNow() {
    check("cuFuncGetAttribute(NUM_REGS)",
        cuFuncGetAttribute(new int[1], CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS, function));
  }

  /** PTX is read up to a zero byte; a cubin knows its length. */
  private static byte[] terminated(CompiledKernel kernel) {
    byte[] image = kernel.image().toArray();
    return switch (kernel.kind()) {
      case CUBIN -> image;
      case PTX -> Arrays.copyOf(image, image.length + 1);
    };
  }

  /** Allows launches with {@code bytes} of dynamic shared memory. */
  public synchronized void allowSmem(int bytes) {
    if (bytes > smemBytes) {
      context.run(() -> check("cuFuncSetAttribute(MAX_DYNAMIC_SHARED_SIZE_BYTES, " + bytes + ")", cuFuncSetAttribute(
          function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes)));
      smemBytes = bytes;
    }
  }

  /**
   * The {@code void**} of a launch: pointers to {@code values}, of which an entry reads as many bytes as its parameter has.
   *
   * @param arena keeps the arguments; the driver copies them during {@link #launch}
   */
  public static MemorySegment arguments(Arena arena, long... values) {
    MemorySegment slots = arena.allocateFrom(ValueLayout.JAVA_LONG, values);
    MemorySegment pointers = arena.allocate(ValueLayout.JAVA_LONG, values.length);
    for (int i = 0; i < values.length; i++) {
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, slots.address() + (long) i * Long.BYTES);
    }
    return pointers;
  }

  /**
   * Queues one launch of {@code blocks} blocks of {@code threads} threads.
   *
   * @param arguments as {@link #arguments} makes them
   */
  public void launch(int blocks, int threads, int smemBytes, MemorySegment arguments, Stream stream) {
    try {
      CudaDevice.own(stream, context).launch(function, blocks, 1, 1, threads, smemBytes, NativeHandles.host(arguments));
    } finally {
      Reference.reachabilityFence(arguments);
    }
  }

  CUfunction function() {
    return function;
  }

  void unload() {
    context.run(() -> check("cuModuleUnload", cuModuleUnload(module)));
  }
}
