package org.bitloom.runtime.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.KernelDevice;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.LoadedKernel;
import org.bitloom.runtime.api.LoadedQuantizer;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleChooser;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.compile.CacheFolder;
import org.bitloom.runtime.compile.CompiledKernel;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.compile.NativeLibraries;
import org.bitloom.runtime.compile.NativePlaces;
import org.bitloom.runtime.launch.KernelLinear;
import org.bitloom.runtime.launch.Workspace;
import org.bitloom.runtime.tune.TunedChooser;
import org.bitloom.runtime.tune.TuningPlatform;
import org.bitloom.runtime.tune.TuningSources;

import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static org.bitloom.runtime.cuda.CudaContext.check;

/**
 * An NVIDIA GPU. Safe for many threads; every call leaves the calling thread's current context as it was. Copies do not
 * wait for streams: synchronize the stream whose results are downloaded. Closing frees all that the device handed out.
 */
public final class CudaDevice implements KernelDevice {
  /** {@link DeviceInfo#kind()} of GPUs. */
  public static final String KIND = "cuda";

  private record LoadKey(String entry, String cuda, List<String> defines) {
  }

  private final CudaContext context;
  private final KernelCompiler compiler;
  private final long compilationsBefore;
  private final DeviceInfo info;
  private final CudaMemory memory;
  private final TunedChooser tuned;
  private final Object lock = new Object();
  private final Map<LoadKey, CudaKernel> kernels = new HashMap<>();
  private final Map<ActivationQuantizer, CudaQuantizer> quantizers = new HashMap<>();
  private final List<CudaFunction> functions = new ArrayList<>();
  private final Set<CudaStream> streams = new LinkedHashSet<>();
  private Workspace workspace = Workspace.NONE;
  private volatile boolean closed;

  private CudaDevice(CudaContext context, KernelCompiler compiler) {
    this.context = context;
    this.compiler = compiler;
    this.compilationsBefore = compiler.compilations();
    this.info = context.info();
    this.memory = new CudaMemory(context);
    this.tuned = new TunedChooser(
        new TuningPlatform(info.name(), CudaContext.driverVersion(), compiler.nvrtcRelease()),
        TuningSources.standard());
  }

  /**
   * Opens GPU number {@code ordinal} with its primary context.
   *
   * @throws org.bitloom.runtime.compile.NativeLibraryException if the driver or NVRTC is missing
   * @throws org.bitloom.runtime.api.DeviceUnavailableException if the driver is too old or has no GPU
   */
  public static CudaDevice open(int ordinal) {
    NativeLibraries natives = new NativeLibraries(CacheFolder.standard(), NativePlaces.standard());
    natives.loadDriver();
    return open(ordinal, natives, KernelCompiler.standard());
  }

  /** Opens GPU number {@code ordinal} with its primary context; kernels come from {@code compiler}. */
  public static CudaDevice open(int ordinal, NativeLibraries natives, KernelCompiler compiler) {
    return in(CudaContext.primary(ordinal, natives), compiler);
  }

  /** Works in the context that is current on the calling thread; closing leaves that context alive. */
  public static CudaDevice adoptCurrent(NativeLibraries natives, KernelCompiler compiler) {
    return in(CudaContext.current(natives), compiler);
  }

  /** Works in the host engine's context {@code handle} (a CUcontext); closing leaves that context alive. */
  public static CudaDevice adopt(long handle, NativeLibraries natives, KernelCompiler compiler) {
    return in(CudaContext.of(handle, natives), compiler);
  }

  private static CudaDevice in(CudaContext context, KernelCompiler compiler) {
    try {
      return new CudaDevice(context, compiler);
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /** {@code stream} as a stream of {@code context}. */
  static CudaStream own(Stream stream, CudaContext context) {
    if (stream instanceof CudaStream cuda && cuda.context() == context) {
      return cuda;
    }
    throw new IllegalArgumentException("this stream belongs to another device; open or adopt it with this one");
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  /** Device memory that is free now, in bytes. */
  public long freeBytes() {
    long[] free = new long[1];
    context.run(() -> check("cuMemGetInfo", cuMemGetInfo(free, new long[1])));
    return free[0];
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    requireOpen();
    return memory.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment host, long address) {
    requireOpen();
    memory.upload(host, address);
  }

  @Override
  public void download(long address, MemorySegment host) {
    requireOpen();
    memory.download(address, host);
  }

  @Override
  public Stream openStream() {
    return register(() -> CudaStream.create(context, memory, this::forget));
  }

  @Override
  public Stream adoptStream(long handle) {
    return register(() -> CudaStream.adopt(context, memory, handle, this::forget));
  }

  private Stream register(Supplier<CudaStream> open) {
    synchronized (lock) {
      requireOpen();
      CudaStream stream = open.get();
      try {
        stream.extend(workspace);
      } catch (RuntimeException e) {
        stream.close();
        throw e;
      }
      streams.add(stream);
      return stream;
    }
  }

  private void forget(CudaStream stream) {
    synchronized (lock) {
      streams.remove(stream);
    }
  }

  private void reserve(Workspace needed) {
    synchronized (lock) {
      if (!workspace.holds(needed)) {
        workspace = workspace.max(needed);
        streams.forEach(stream -> stream.extend(workspace));
      }
    }
  }

  @Override
  public LoadedKernel load(KernelUnit kernel, Schedule schedule) {
    LoadKey key = new LoadKey(kernel.entry(), kernel.variant(schedule).cuda(), schedule.defines());
    synchronized (lock) {
      CudaKernel loaded = kernels.get(key);
      if (loaded != null) {
        return loaded;
      }
    }
    CompiledKernel compiled = compiler.compile(kernel, schedule, info.arch());
    synchronized (lock) {
      requireOpen();
      return kernels.computeIfAbsent(key,
          absent -> new CudaKernel(context, new CudaFunction(context, compiled, kernel.entry()),
              kernel.variant(schedule).order(), compiled.entry(kernel.entry()), this::reserve));
    }
  }

  @Override
  public LoadedQuantizer load(ActivationQuantizer quantizer) {
    synchronized (lock) {
      CudaQuantizer loaded = quantizers.get(quantizer);
      if (loaded != null) {
        return loaded;
      }
    }
    CompiledKernel compiled = compiler.compile(KernelCompiler.request(quantizer, info.arch()));
    synchronized (lock) {
      return quantizers.computeIfAbsent(quantizer,
          absent -> new CudaQuantizer(context, function(compiled, quantizer.entry()), quantizer, this::reserve));
    }
  }

  /** Loads {@code entry} of an image compiled elsewhere; for kernels that are no linear layers. */
  public CudaFunction function(CompiledKernel image, String entry) {
    synchronized (lock) {
      requireOpen();
      CudaFunction function = new CudaFunction(context, image, entry);
      functions.add(function);
      return function;
    }
  }

  /** Where this device's kernels come from. */
  public KernelCompiler compiler() {
    return compiler;
  }

  @Override
  public long compilations() {
    return compiler.compilations() - compilationsBefore;
  }

  /** The schedules that were tuned for this GPU; products choose with it unless they are given a chooser of their own. */
  public TunedChooser tuned() {
    return tuned;
  }

  @Override
  public Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias) {
    return linear(format, kernel, weights, bias, tuned);
  }

  @Override
  public Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias,
      ScheduleChooser chooser) {
    return new KernelLinear(this, kernel, weights, bias, chooser);
  }

  /**
   * Captures what {@code work} queues on {@code stream} into a graph. Prepare every batch before. The graph holds the
   * addresses that the work was given, and the workspace of {@code stream}: replay it on that stream, and close it before
   * the stream.
   */
  public CudaGraph capture(Stream stream, Runnable work) {
    return CudaGraph.capture(context, own(stream, context), work);
  }

  /** A stopwatch on this device's streams. */
  public CudaTimer timer() {
    return new CudaTimer(context);
  }

  /** Runs {@code work}, which calls other CUDA libraries, with this device's context current. */
  public void run(Runnable work) {
    requireOpen();
    context.run(work);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this device is closed");
    }
  }

  @Override
  public void close() {
    List<CudaStream> open;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(streams);
    }
    try (context; memory) {
      open.forEach(CudaStream::close);
      kernels.values().forEach(CudaKernel::unload);
      functions.forEach(CudaFunction::unload);
    }
  }
}
