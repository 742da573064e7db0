package org.bitloom.runtime.launch;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.BatchBucket;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.IntegerBound;
import org.bitloom.runtime.api.KernelDevice;
import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.LoadedKernel;
import org.bitloom.runtime.api.LoadedQuantizer;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleChooser;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightArguments;

/**
 * A weight matrix on any device that runs generated kernels.
 *
 * <p>Batches are prepared by {@link BatchBucket}: those of a bucket share a schedule, which is chosen for the largest of them.
 * Preparing m = 3 makes 3 and 4 ready.
 */
public final class KernelLinear implements Linear {
  /** Largest batch. */
  public static final int MAX_BATCH = 1 << 20;

  /** What a bucket launches: {@code shapes} holds the launch of each of its batches, from {@code smallest} on. */
  private record Ready(Schedule schedule, int smallest, LoadedKernel kernel, List<LaunchShape> shapes,
      Optional<Quantizer> quantizer) {
  }

  /** What makes the kernel's activations. */
  private record Quantizer(ActivationQuantizer value, LoadedQuantizer loaded) {
  }

  private final KernelDevice device;
  private final KernelUnit unit;
  private final ScheduleChooser chooser;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private final WeightArguments weights;
  private volatile Ready[] buckets = new Ready[0];
  private volatile boolean closed;

  /**
   * Uploads {@code packed} and {@code bias}.
   *
   * @param bias n numbers of y's type, exactly if the kernel takes a bias
   */
  public KernelLinear(KernelDevice device, KernelUnit unit, PackedWeights packed, Optional<MemorySegment> bias,
      ScheduleChooser chooser) {
    requireFit(unit, packed, bias);
    this.device = device;
    this.unit = unit;
    this.chooser = chooser;
    try {
      long base = upload(packed.bytes());
      long biasAddress = bias.isPresent() ? upload(bias.get()) : 0;
      this.weights = WeightArguments.of(packed.shape(), base, biasAddress);
    } catch (RuntimeException e) {
      buffers.forEach(DeviceBuffer::close);
      throw e;
    }
  }

  private KernelLinear(KernelDevice device, KernelUnit unit, WeightArguments weights, ScheduleChooser chooser) {
    this.device = device;
    this.unit = unit;
    this.chooser = chooser;
    this.weights = weights;
  }

  @Override
  public Linear withPlanes(SignPlanes used) {
    requireOpen();
    return new KernelLinear(device, unit.withPlanes(used), weights, chooser);
  }

  private static void requireFit(KernelUnit unit, PackedWeights packed, Optional<MemorySegment> bias) {
    if (!packed.shape().format().equals(unit.format())) {
      throw new IllegalArgumentException(unit.entry() + " multiplies " + unit.format().name() + ", not "
          + packed.shape().format().name() + " as these weights declare it");
    }
    if (!packed.shape().layout().equals(unit.layout())) {
      throw new IllegalArgumentException(
          unit.entry() + " reads layout " + unit.layout() + ", but the weights are packed in "
              + packed.shape().layout() + "; pack them again");
    }
    unit.code().ifPresent(code -> IntegerBound.require(packed.shape().format(), code, packed.shape().k()));
    boolean wanted = unit.takesBias();
    if (wanted != bias.isPresent()) {
      throw new IllegalArgumentException(unit.entry() + (wanted ? " needs a bias" : " takes no bias"));
    }
    long bytes = (long) packed.shape().n() * Short.BYTES;
    if (bias.isPresent() && bias.get().byteSize() != bytes) {
      throw new IllegalArgumentException("a bias for n = " + packed.shape().n() + " takes " + bytes + " bytes, not "
          + bias.get().byteSize());
    }
  }

  private long upload(MemorySegment host) {
    DeviceBuffer buffer = device.allocate(host.byteSize());
    buffers.add(buffer);
    device.upload(host, buffer.address());
    return buffer.address();
  }

  @Override
  public int n() {
    return weights.n();
  }

  @Override
  public int k() {
    return weights.k();
  }

  @Override
  public synchronized void prepare(int... batches) {
    for (int m : batches) {
      int index = index(m);
      if (index >= buckets.length || buckets[index] == null) {
        makeReady(BatchBucket.of(m), chooser.choose(unit, problem(BatchBucket.of(m).largest()), device.info()));
      }
    }
  }

  @Override
  public synchronized void prepare(int m, Schedule schedule) {
    requireBatch(m);
    makeReady(BatchBucket.of(m), schedule);
  }

  private void makeReady(BatchBucket bucket, Schedule schedule) {
    requireOpen();
    Problem largest = problem(bucket.largest());
    unit.space().rejection(schedule, largest, device.info().limits()).ifPresent(reason -> {
      throw new IllegalArgumentException(
          "schedule " + schedule + " cannot run " + largest + " on " + device.info().name() + ": " + reason);
    });
    List<LaunchShape> shapes = bucket.batches().mapToObj(m -> unit.space().launch(schedule, problem(m))).toList();
    LoadedKernel kernel = device.load(unit, schedule);
    shapes.forEach(kernel::prepare);
    Optional<Quantizer> quantizer = unit.variant(schedule).quantizer().map(q -> new Quantizer(q, device.load(q)));
    quantizer.ifPresent(q -> q.loaded().prepare(bucket.largest(), k()));
    int index = index(bucket.largest());
    Ready[] grown = Arrays.copyOf(buckets, Math.max(buckets.length, index + 1));
    grown[index] = new Ready(schedule, bucket.smallest(), kernel, shapes, quantizer);
    buckets = grown;
  }

  @Override
  public String schedule(int m) {
    return ready(m).schedule().toString();
  }

  @Override
  public Optional<KernelResources> report(int m) {
    return ready(m).kernel().report();
  }

  @Override
  public void forward(long x, long y, int m, Stream stream) {
    Ready ready = ready(m);
    requireAddresses(x, y);
    if (ready.quantizer().isPresent()) {
      LoadedQuantizer quantizer = ready.quantizer().get().loaded();
      // Both launches in one go: other threads may queue on this stream, whose buffer they share.
      synchronized (stream) {
        long quantized = quantizer.buffer(stream);
        quantizer.launch(x, quantized, m, k(), stream);
        launch(ready, quantized, y, m, stream);
      }
    } else {
      launch(ready, x, y, m, stream);
    }
  }

  private void launch(Ready ready, long x, long y, int m, Stream stream) {
    ready.kernel().launch(ready.shapes().get(m - ready.smallest()), weights, x, y, m, stream);
  }

  private static void requireAddresses(long from, long to) {
    if (from == 0 || to == 0) {
      throw new IllegalArgumentException("x and y are device addresses, not 0");
    }
  }

  @Override
  public long quantizedBytes(int m) {
    return ready(m).quantizer().map(quantizer -> quantizer.value().shape(m, k()).bytes()).orElse(0L);
  }

  @Override
  public void quantize(long x, long quantized, int m, Stream stream) {
    requireAddresses(x, quantized);
    quantizer(ready(m)).loaded().launch(x, quantized, m, k(), stream);
  }

  @Override
  public void forwardQuantized(long quantized, long y, int m, Stream stream) {
    requireAddresses(quantized, y);
    Ready ready = ready(m);
    quantizer(ready);
    launch(ready, quantized, y, m, stream);
  }

  private Quantizer quantizer(Ready ready) {
    return ready.quantizer().orElseThrow(
        () -> new UnsupportedOperationException(unit.entry() + " multiplies activations as they are"));
  }

  private Ready ready(int m) {
    requireOpen();
    int index = index(m);
    Ready[] current = buckets;
    Ready ready = index < current.length ? current[index] : null;
    if (ready == null) {
      throw new IllegalStateException("batch " + m + " is not prepared: call prepare(" + m + ") first");
    }
    return ready;
  }

  private Problem problem(int m) {
    return new Problem(weights.n(), weights.k(), m);
  }

  private static int index(int m) {
    requireBatch(m);
    return BatchBucket.index(m);
  }

  private static void requireBatch(int m) {
    if (m < 1 || m > MAX_BATCH) {
      throw new IllegalArgumentException("a batch is 1.." + MAX_BATCH + ", not " + m);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("these weights are closed");
    }
  }

  /** Frees the weights; work queued with them must be done. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      buffers.forEach(DeviceBuffer::close);
    }
  }
}
