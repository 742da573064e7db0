package org.bitloom.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

import org.bitloom.runtime.api.LaunchShape;

/**
 * Launches whose blocks may start before the kernel ahead of them in the stream has ended, by cuLaunchKernelEx, which JCuda
 * lacks (CUDA Driver API, CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION). Not safe for many threads: each stream owns
 * one and uses it under its lock. A launch allocates nothing.
 */
final class EarlyLaunch {
  /** GPUs that have programmatic dependent launch: sm_90 and newer. */
  static final int LEAST_CAPABILITY = 90;

  private static final String LIBRARY = "libcuda.so.1";
  /** CUlaunchConfig: grid, block and shared memory as 7 ints, then stream, attributes and their number. */
  private static final int CONFIG_BYTES = 56;
  private static final int STREAM = 32;
  private static final int ATTRIBUTES = 40;
  private static final int ATTRIBUTE_COUNT = 48;
  /** CUlaunchAttribute: a number, padding, and a value of 64 bytes. */
  private static final int ATTRIBUTE_BYTES = 72;
  private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;
  private static final int VALUE = 8;

  private final MethodHandle call;
  private final MemorySegment config;

  /** Launches on {@code stream} (a CUstream), for as long as {@code arena} lives. */
  @SuppressWarnings("restricted") // calls the driver
  EarlyLaunch(long stream, Arena arena) {
    this.call = Linker.nativeLinker().downcallHandle(
        SymbolLookup.libraryLookup(LIBRARY, arena).findOrThrow("cuLaunchKernelEx"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG));
    MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
    attribute.set(ValueLayout.JAVA_INT, 0, PROGRAMMATIC_STREAM_SERIALIZATION);
    attribute.set(ValueLayout.JAVA_INT, VALUE, 1);
    this.config = arena.allocate(CONFIG_BYTES, Long.BYTES);
    config.set(ValueLayout.JAVA_LONG, STREAM, stream);
    config.set(ValueLayout.JAVA_LONG, ATTRIBUTES, attribute.address());
    config.set(ValueLayout.JAVA_INT, ATTRIBUTE_COUNT, 1);
  }

  /**
   * Queues one launch.
   *
   * @param function a CUfunction
   * @param arguments address of the {@code void**}
   * @return the CUresult
   */
  int launch(long function, LaunchShape shape, long arguments) {
    set(0, shape.gridX());
    set(1, shape.gridY());
    set(2, shape.gridZ());
    set(3, shape.threads());
    set(4, 1);
    set(5, 1);
    set(6, shape.smemBytes());
    try {
      return (int) call.invokeExact(config.address(), function, arguments, 0L);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("cuLaunchKernelEx cannot be called", e);
    }
  }

  private void set(int index, int value) {
    config.setAtIndex(ValueLayout.JAVA_INT, index, value);
  }
}
