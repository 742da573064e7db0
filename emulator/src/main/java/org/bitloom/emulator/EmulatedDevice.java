package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import org.bitloom.emulator.exec.Launch;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelDevice;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.LoadedKernel;
import org.bitloom.runtime.api.LoadedQuantizer;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleChooser;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.compile.CompileRequest;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.launch.KernelLinear;
import org.bitloom.runtime.launch.Workspace;

/**
 * A device without a GPU: it compiles kernels to PTX with NVRTC and executes that PTX on the JVM, checking every access.
 * Launches are done when they return; a kernel at fault throws {@link org.bitloom.emulator.sanitize.KernelFault} there.
 */
public final class EmulatedDevice implements KernelDevice {
  /** {@link DeviceInfo#kind()} of emulated devices. */
  public static final String KIND = "emulated";

  /** The limits of an H100, so that schedules are chosen as for one. */
  private static final DeviceInfo INFO = new DeviceInfo(KIND, "PTX emulator", "compute_90a", DeviceLimits.H100,
      16L << 30);

  private record LoadKey(String entry, String cuda, StreamOrder order, List<String> defines) {
  }

  private final Emulator emulator;
  private final KernelCompiler compiler;
  private final long compilationsBefore;
  private final Object lock = new Object();
  private final Map<LoadKey, EmulatedKernel> kernels = new HashMap<>();
  private final Map<ActivationQuantizer, EmulatedQuantizer> quantizers = new HashMap<>();
  private final Set<EmulatedStream> streams = new LinkedHashSet<>();
  private Workspace workspace = Workspace.NONE;
  private final AtomicReference<Launch.Statistics> executed = new AtomicReference<>(Launch.Statistics.NONE);
  private int buffers;

  /** A device whose kernels come from {@code compiler}; it runs as many thread blocks at a time as there are cores. */
  public EmulatedDevice(KernelCompiler compiler) {
    this(compiler, Runtime.getRuntime().availableProcessors());
  }

  /** A device that runs {@code parallelism} thread blocks at a time. */
  public EmulatedDevice(KernelCompiler compiler, int parallelism) {
    this.emulator = new Emulator(parallelism);
    this.compiler = compiler;
    this.compilationsBefore = compiler.compilations();
  }

  @Override
  public DeviceInfo info() {
    return INFO;
  }

  /** The machine below, for kernels that are no linear layers. */
  public Emulator emulator() {
    return emulator;
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    synchronized (lock) {
      return new Buffer(emulator, emulator.memory().allocate("buffer " + buffers++, bytes));
    }
  }

  private record Buffer(Emulator emulator, Allocation allocation) implements DeviceBuffer {
    @Override
    public long address() {
      return allocation.base();
    }

    @Override
    public long bytes() {
      return allocation.bytes();
    }

    @Override
    public void close() {
      emulator.memory().free(allocation);
    }
  }

  @Override
  public void upload(MemorySegment host, long address) {
    emulator.memory().upload(host, address);
  }

  @Override
  public void download(long address, MemorySegment host) {
    emulator.memory().download(address, host);
  }

  @Override
  public Stream openStream() {
    synchronized (lock) {
      EmulatedStream stream = new EmulatedStream(emulator, this::forget);
      stream.extend(workspace);
      streams.add(stream);
      return stream;
    }
  }

  /** @throws UnsupportedOperationException always: there is no native stream to adopt */
  @Override
  public Stream adoptStream(long handle) {
    throw new UnsupportedOperationException("the emulated device has no native streams; use openStream()");
  }

  private void forget(EmulatedStream stream) {
    synchronized (lock) {
      streams.remove(stream);
    }
  }

  /** What all launches on this device have executed so far. */
  public Launch.Statistics executed() {
    return executed.get();
  }

  /** Takes no lock: who counts holds that of a stream, which {@link #reserve} takes inside of the device's. */
  void count(Launch.Statistics launch) {
    executed.accumulateAndGet(launch, Launch.Statistics::plus);
  }

  void reserve(Workspace needed) {
    synchronized (lock) {
      if (!workspace.holds(needed)) {
        workspace = workspace.max(needed);
        streams.forEach(stream -> stream.extend(workspace));
      }
    }
  }

  @Override
  public LoadedKernel load(KernelUnit kernel, Schedule schedule) {
    KernelVariant variant = kernel.variant(schedule);
    LoadKey key = new LoadKey(kernel.entry(), variant.cuda(), variant.order(), schedule.defines());
    synchronized (lock) {
      EmulatedKernel loaded = kernels.get(key);
      if (loaded != null) {
        return loaded;
      }
    }
    String ptx = compiler.compile(withLines(KernelCompiler.request(kernel, schedule, INFO.arch()))).ptx();
    synchronized (lock) {
      return kernels.computeIfAbsent(key,
          absent -> new EmulatedKernel(this, emulator.load(ptx), kernel.entry(), variant.order()));
    }
  }

  @Override
  public LoadedQuantizer load(ActivationQuantizer quantizer) {
    synchronized (lock) {
      EmulatedQuantizer loaded = quantizers.get(quantizer);
      if (loaded != null) {
        return loaded;
      }
    }
    String ptx = compiler.compile(withLines(KernelCompiler.request(quantizer, INFO.arch()))).ptx();
    synchronized (lock) {
      return quantizers.computeIfAbsent(quantizer,
          absent -> new EmulatedQuantizer(this, emulator.load(ptx), quantizer));
    }
  }

  private static CompileRequest withLines(CompileRequest request) {
    List<String> options = new java.util.ArrayList<>(request.options());
    options.add("--generate-line-info");
    return new CompileRequest(request.name(), request.cuda(), request.arch(), options);
  }

  @Override
  public long compilations() {
    return compiler.compilations() - compilationsBefore;
  }

  @Override
  public Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias,
      ScheduleChooser chooser) {
    return new KernelLinear(this, kernel, weights, bias, chooser);
  }

  @Override
  public void close() {
    emulator.close();
  }
}
