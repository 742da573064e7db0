package org.bitloom.runtime.launch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.ArgumentBlock;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelDevice;
import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.LoadedKernel;
import org.bitloom.runtime.api.LoadedQuantizer;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleChooser;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightArguments;
import org.bitloom.runtime.api.WeightFormat;

/** A device whose memory is the host's and whose launches hand the arguments to the test. */
@SuppressWarnings("restricted") // looks at native memory and libraries
final class FakeDevice implements KernelDevice {
  static final long PARTIAL = 0x1000;
  static final long COUNTERS = 0x2000;
  static final long QUANTIZED = 0x3000;

  /** A quantization that was queued. */
  record Quantization(long x, long quantized, int m, int k) {
  }

  /** Sees a launch under the stream's lock. */
  interface Observer {
    void launched(LaunchShape shape, ArgumentBlock arguments);
  }

  final Set<LaunchShape> prepared = new HashSet<>();
  final Map<Schedule, LoadedKernel> loaded = new HashMap<>();
  final List<Quantization> quantizations = Collections.synchronizedList(new ArrayList<>());
  int liveBuffers;
  private final Observer observer;
  private final Consumer<Quantization> quantized;

  FakeDevice(Observer observer) {
    this(observer, _ -> {
    });
  }

  /** A device that shows quantizations too, before their callers go on. */
  FakeDevice(Observer observer, Consumer<Quantization> quantized) {
    this.observer = observer;
    this.quantized = quantized;
  }

  @Override
  public DeviceInfo info() {
    return new DeviceInfo("fake", "fake device", "sm_80", new DeviceLimits(80, 4, 100_000, 100_000, 1 << 20), 1L << 30);
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    Arena arena = Arena.ofShared();
    MemorySegment memory = arena.allocate(bytes, 256);
    liveBuffers++;
    return new DeviceBuffer() {
      @Override
      public long address() {
        return memory.address();
      }

      @Override
      public long bytes() {
        return bytes;
      }

      @Override
      public void close() {
        arena.close();
        liveBuffers--;
      }
    };
  }

  @Override
  public void upload(MemorySegment host, long address) {
    MemorySegment.ofAddress(address).reinterpret(host.byteSize()).copyFrom(host);
  }

  @Override
  public void download(long address, MemorySegment host) {
    host.copyFrom(MemorySegment.ofAddress(address).reinterpret(host.byteSize()));
  }

  @Override
  public Stream openStream() {
    return new FakeStream();
  }

  @Override
  public Stream adoptStream(long handle) {
    throw new UnsupportedOperationException("nothing to adopt");
  }

  @Override
  public LoadedKernel load(KernelUnit kernel, Schedule schedule) {
    return loaded.computeIfAbsent(schedule, absent -> new FakeKernel(kernel));
  }

  @Override
  public LoadedQuantizer load(ActivationQuantizer quantizer) {
    return new LoadedQuantizer() {
      @Override
      public void prepare(int m, int k) {
      }

      @Override
      public void launch(long x, long quantized, int m, int k, Stream stream) {
        Quantization quantization = new Quantization(x, quantized, m, k);
        quantizations.add(quantization);
        FakeDevice.this.quantized.accept(quantization);
      }

      @Override
      public long buffer(Stream stream) {
        return QUANTIZED;
      }
    };
  }

  @Override
  public long compilations() {
    return loaded.size();
  }

  @Override
  public Linear linear(WeightFormat format, KernelUnit kernel, PackedWeights weights, Optional<MemorySegment> bias,
      ScheduleChooser chooser) {
    return new KernelLinear(this, kernel, weights, bias, chooser);
  }

  @Override
  public void close() {
  }

  private static final class FakeStream implements Stream {
    private final ArgumentBlock arguments = new ArgumentBlock(Arena.ofAuto());

    @Override
    public long handle() {
      return 0;
    }

    @Override
    public void synchronize() {
    }

    @Override
    public void close() {
    }
  }

  private final class FakeKernel implements LoadedKernel {
    private final KernelUnit unit;

    FakeKernel(KernelUnit unit) {
      this.unit = unit;
    }

    @Override
    public Optional<KernelResources> report() {
      return Optional.of(new KernelResources(unit.entry(), 64, 0, 0, 0, 0));
    }

    @Override
    public void prepare(LaunchShape shape) {
      prepared.add(shape);
    }

    @Override
    public void launch(LaunchShape shape, WeightArguments weights, long x, long y, int m, Stream stream) {
      FakeStream own = (FakeStream) stream;
      synchronized (own) {
        own.arguments.fill(weights, x, y, PARTIAL, COUNTERS, m);
        observer.launched(shape, own.arguments);
      }
    }
  }
}
