package org.bitloom.runtime.measure;

import static org.bitloom.runtime.measure.ForeignLibrary.INT;
import static org.bitloom.runtime.measure.ForeignLibrary.LONG;
import static org.bitloom.runtime.measure.ForeignLibrary.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The calls of the CUDA driver API that measuring needs, on raw handles. */
final class DriverCalls {
  private static final int CAPTURE_RELAXED = 2;

  private final MethodHandle streamGetCtx;
  private final MethodHandle ctxSetCurrent;
  private final MethodHandle streamSynchronize;
  private final MethodHandle beginCapture;
  private final MethodHandle endCapture;
  private final MethodHandle graphInstantiate;
  private final MethodHandle graphLaunch;
  private final MethodHandle graphExecDestroy;
  private final MethodHandle graphDestroy;
  private final MethodHandle eventCreate;
  private final MethodHandle eventRecord;
  private final MethodHandle eventSynchronize;
  private final MethodHandle eventElapsedTime;
  private final MethodHandle eventDestroy;
  private final MethodHandle moduleLoadData;
  private final MethodHandle moduleGetFunction;
  private final MethodHandle moduleUnload;
  private final MethodHandle launchKernel;

  private DriverCalls(ForeignLibrary cuda) {
    streamGetCtx = cuda.function("cuStreamGetCtx", LONG, POINTER);
    ctxSetCurrent = cuda.function("cuCtxSetCurrent", LONG);
    streamSynchronize = cuda.function("cuStreamSynchronize", LONG);
    beginCapture = cuda.function("cuStreamBeginCapture_v2", LONG, INT);
    endCapture = cuda.function("cuStreamEndCapture", LONG, POINTER);
    graphInstantiate = cuda.function("cuGraphInstantiateWithFlags", POINTER, LONG, LONG);
    graphLaunch = cuda.function("cuGraphLaunch", LONG, LONG);
    graphExecDestroy = cuda.function("cuGraphExecDestroy", LONG);
    graphDestroy = cuda.function("cuGraphDestroy", LONG);
    eventCreate = cuda.function("cuEventCreate", POINTER, INT);
    eventRecord = cuda.function("cuEventRecord", LONG, LONG);
    eventSynchronize = cuda.function("cuEventSynchronize", LONG);
    eventElapsedTime = cuda.function("cuEventElapsedTime", POINTER, LONG, LONG);
    eventDestroy = cuda.function("cuEventDestroy_v2", LONG);
    moduleLoadData = cuda.function("cuModuleLoadData", POINTER, POINTER);
    moduleGetFunction = cuda.function("cuModuleGetFunction", POINTER, LONG, POINTER);
    moduleUnload = cuda.function("cuModuleUnload", LONG);
    launchKernel = cuda.function("cuLaunchKernel", LONG, INT, INT, INT, INT, INT, INT, INT, LONG, POINTER, POINTER);
  }

  /** Binds the installed driver. */
  static DriverCalls load() {
    return new DriverCalls(ForeignLibrary.open("libcuda.so.1", Arena.global())
        .orElseThrow(() -> new MeasureException("libcuda.so.1 is missing: install an NVIDIA driver")));
  }

  /** Makes the context of {@code stream} current on this thread. */
  void bind(long stream) {
    check("cuCtxSetCurrent",
        () -> (int) ctxSetCurrent.invokeExact(out("cuStreamGetCtx", p -> (int) streamGetCtx.invokeExact(stream, p))));
  }

  void synchronize(long stream) {
    check("cuStreamSynchronize", () -> (int) streamSynchronize.invokeExact(stream));
  }

  void beginCapture(long stream) {
    check("cuStreamBeginCapture", () -> (int) beginCapture.invokeExact(stream, CAPTURE_RELAXED));
  }

  long endCapture(long stream) {
    return out("cuStreamEndCapture", p -> (int) endCapture.invokeExact(stream, p));
  }

  long instantiate(long graph) {
    return out("cuGraphInstantiate", p -> (int) graphInstantiate.invokeExact(p, graph, 0L));
  }

  void launch(long executable, long stream) {
    check("cuGraphLaunch", () -> (int) graphLaunch.invokeExact(executable, stream));
  }

  void destroyGraph(long graph) {
    check("cuGraphDestroy", () -> (int) graphDestroy.invokeExact(graph));
  }

  void destroyExecutable(long executable) {
    check("cuGraphExecDestroy", () -> (int) graphExecDestroy.invokeExact(executable));
  }

  long createEvent() {
    return out("cuEventCreate", p -> (int) eventCreate.invokeExact(p, 0));
  }

  void record(long event, long stream) {
    check("cuEventRecord", () -> (int) eventRecord.invokeExact(event, stream));
  }

  void awaitEvent(long event) {
    check("cuEventSynchronize", () -> (int) eventSynchronize.invokeExact(event));
  }

  /** Microseconds between two recorded events. */
  double elapsedUs(long start, long end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ms = arena.allocate(ValueLayout.JAVA_FLOAT);
      check("cuEventElapsedTime", () -> (int) eventElapsedTime.invokeExact(ms, start, end));
      return ms.get(ValueLayout.JAVA_FLOAT, 0) * 1000.0;
    }
  }

  void destroyEvent(long event) {
    check("cuEventDestroy", () -> (int) eventDestroy.invokeExact(event));
  }

  long loadModule(byte[] cubin) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(cubin.length, 16).copyFrom(MemorySegment.ofArray(cubin));
      return out("cuModuleLoadData", p -> (int) moduleLoadData.invokeExact(p, image));
    }
  }

  long function(long module, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return out("cuModuleGetFunction", p -> (int) moduleGetFunction.invokeExact(p, module, text));
    }
  }

  void unloadModule(long module) {
    check("cuModuleUnload", () -> (int) moduleUnload.invokeExact(module));
  }

  /** Launches a one-dimensional grid; {@code arguments} is the native {@code void*[]}. */
  void launchKernel(long function, int blocks, int threads, long stream, MemorySegment arguments) {
    check("cuLaunchKernel", () -> (int) launchKernel.invokeExact(function, blocks, 1, 1, threads, 1, 1, 0, stream,
        arguments, MemorySegment.NULL));
  }

  private interface Call {
    int invoke() throws Throwable;
  }

  private interface OutCall {
    int invoke(MemorySegment result) throws Throwable;
  }

  private static long out(String name, OutCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      check(name, () -> call.invoke(result));
      return result.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  private static void check(String name, Call call) {
    int status;
    try {
      status = call.invoke();
    } catch (MeasureException e) {
      throw e;
    } catch (Throwable e) {
      throw new MeasureException(name + " could not be called", e);
    }
    if (status != 0) {
      throw new MeasureException(name + " failed with CUDA error " + status);
    }
  }
}
