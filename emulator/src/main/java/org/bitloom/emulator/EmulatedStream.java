package org.bitloom.emulator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;

import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.exec.Launch;
import org.bitloom.emulator.exec.Order;
import org.bitloom.emulator.exec.Start;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.ptx.SourceLine;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.ArgumentBlock;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightArguments;
import org.bitloom.runtime.launch.Workspace;

/**
 * A stream of the emulated device with its workspace: it runs every launch at once, the first product with blocks and warps in
 * ascending order, every other one in an order of its own, quantizers always in ascending order.
 */
final class EmulatedStream implements Stream {
  private final Emulator emulator;
  private final Consumer<EmulatedStream> onClose;
  private final Arena arena = Arena.ofShared();
  private final ArgumentBlock block = new ArgumentBlock(arena);
  private final List<Allocation> allocations = new ArrayList<>();
  private Workspace workspace = Workspace.NONE;
  private long partial;
  private long counters;
  private long quantized;
  private long launches;
  private boolean closed;

  EmulatedStream(Emulator emulator, Consumer<EmulatedStream> onClose) {
    this.emulator = emulator;
    this.onClose = onClose;
  }

  /** Makes the workspace hold {@code needed}. */
  synchronized void extend(Workspace needed) {
    if (closed || workspace.holds(needed)) {
      return;
    }
    workspace = workspace.max(needed);
    partial = allocate("partial sums", workspace.partialBytes()).base();
    Allocation zeros = allocate("counters", (long) workspace.counters() * Integer.BYTES);
    zeros.upload(0, MemorySegment.ofArray(new byte[(int) zeros.bytes()]));
    counters = zeros.base();
    quantized = allocate("quantized activations", workspace.quantizedBytes()).base();
  }

  private Allocation allocate(String name, long bytes) {
    Allocation a = emulator.memory().allocate(name, bytes);
    allocations.add(a);
    return a;
  }

  /** Runs one launch; y is poisoned before and must be written completely, the counters must be 0 afterwards. */
  synchronized Launch.Statistics launch(KernelModule module, String entry, StreamOrder order, LaunchShape shape,
      WeightArguments weights, long x, long y, int m) {
    if (closed) {
      throw new IllegalStateException("this stream is closed");
    }
    if (!workspace.holds(shape)) {
      throw new IllegalStateException("the workspace of this stream is too small for " + shape + "; prepare the batch");
    }
    block.fill(weights, x, y, partial, counters, m);
    List<Grid.Range> scratch = new ArrayList<>();
    if (shape.partialBytes() > 0) {
      emulator.memory().poison(partial, workspace.partialBytes());
      scratch.add(new Grid.Range(partial, shape.partialBytes()));
    }
    if (shape.counters() > 0) {
      scratch.add(new Grid.Range(counters, (long) shape.counters() * Integer.BYTES));
    }
    Grid.Range output = new Grid.Range(y, (long) m * weights.n() * Short.BYTES);
    Emulator.Shape grid = new Emulator.Shape(new Grid.Dim(shape.gridX(), shape.gridY(), shape.gridZ()),
        Grid.Dim.of(shape.threads()), shape.smemBytes(), new Order(launches++), start(order, weights));
    Launch.Statistics statistics = emulator.launchChecked(module, entry, grid, arguments(module, entry), output,
        scratch);
    requireZeroCounters(entry, shape.counters());
    return statistics;
  }

  /**
   * Quantizes activations; nothing but the buffer may be written. Bytes of it that the quantizer leaves are NaN after: kernels read
   * them where their tiles are larger than the batch, but must not use them.
   */
  synchronized Launch.Statistics quantize(KernelModule module, ActivationQuantizer quantizer, long x, long into, int m,
      int k) {
    if (closed) {
      throw new IllegalStateException("this stream is closed");
    }
    long bytes = quantizer.shape(m, k).bytes();
    byte[] unknown = new byte[Math.toIntExact(bytes)];
    Arrays.fill(unknown, (byte) 0xff);
    emulator.memory().upload(MemorySegment.ofArray(unknown), into);
    LaunchShape shape = quantizer.launch(m);
    Emulator.Shape grid = new Emulator.Shape(new Grid.Dim(shape.gridX(), shape.gridY(), shape.gridZ()),
        Grid.Dim.of(shape.threads()), shape.smemBytes()).at(new Start.Early(List.of()));
    return emulator.launch(module, quantizer.entry(), grid, new Arguments().add(x).add(into).add(k).add(m),
        List.of(new Grid.Range(into, bytes)));
  }

  /** Address of the buffer for activations that are quantized on this stream. */
  synchronized long quantized() {
    return quantized;
  }

  /** Kernels that keep themselves in order may use what was loaded before any of them ran. */
  private Start start(StreamOrder order, WeightArguments weights) {
    return switch (order) {
      case LAUNCH -> new Start.Behind();
      case KERNEL -> new Start.Early(LongStream.of(weights.codes(), weights.scale(), weights.outerScale(),
          weights.zero(), weights.offset(), weights.bias()).mapToObj(emulator.memory()::at)
          .map(loaded -> new Grid.Range(loaded.base(), loaded.bytes())).distinct().toList());
    };
  }

  private Arguments arguments(KernelModule module, String entry) {
    List<Integer> sizes = module.parameterBytes(entry);
    if (sizes.size() != ArgumentBlock.COUNT) {
      throw new IllegalArgumentException(
          entry + " takes " + sizes.size() + " arguments, a generated kernel takes " + ArgumentBlock.COUNT);
    }
    Arguments arguments = new Arguments();
    for (int i = 0; i < sizes.size(); i++) {
      if (sizes.get(i) == Long.BYTES) {
        arguments.add(block.value(i));
      } else {
        arguments.add((int) block.value(i));
      }
    }
    return arguments;
  }

  private void requireZeroCounters(String entry, int count) {
    if (count == 0) {
      return;
    }
    MemorySegment data = emulator.memory().holding(counters, (long) count * Integer.BYTES).data();
    for (int i = 0; i < count; i++) {
      int value = data.getAtIndex(ValueLayout.JAVA_INT, i);
      if (value != 0) {
        throw new KernelFault(FaultKind.COUNTER_NOT_RESET, entry, "any thread", SourceLine.UNKNOWN, "any instruction",
            "counter " + i + " of " + count + " is " + value);
      }
    }
  }

  @Override
  public long handle() {
    return 0;
  }

  @Override
  public void synchronize() {
    // every launch is done when it returns
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      allocations.forEach(emulator.memory()::free);
      arena.close();
    }
    onClose.accept(this);
  }
}
