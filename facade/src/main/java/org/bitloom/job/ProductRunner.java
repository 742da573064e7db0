package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Stream;

/**
 * Runs products on a device and brings their results back. The memory of y is poisoned with NaN before each run, so that a
 * number nobody wrote shows, and guarded behind its end, so that a number written too far shows.
 */
final class ProductRunner implements AutoCloseable {
  private static final int HOST_REPLAYS = 5;
  private static final int GUARD_BYTES = 4096;
  private static final byte GUARD = 0x5a;

  private final Device device;
  private final Stream stream;
  private final Arena arena = Arena.ofShared();
  private final DeviceBuffer x;
  private final DeviceBuffer y;
  private final MemorySegment host;

  ProductRunner(Device device, int n, int k, int maxBatch) {
    this.device = device;
    this.stream = device.openStream();
    this.x = device.allocate((long) maxBatch * k * Short.BYTES);
    this.y = device.allocate((long) maxBatch * n * Short.BYTES + GUARD_BYTES);
    this.host = arena.allocate(y.bytes(), Short.BYTES);
  }

  Stream stream() {
    return stream;
  }

  long x() {
    return x.address();
  }

  long y() {
    return y.address();
  }

  /** Uploads activations for the runs that follow. */
  void give(Activations activations) {
    device.upload(activations.bits(), x.address());
  }

  /** Queues a product whose results go to {@code y}. */
  @FunctionalInterface
  interface Product {
    void queue(long y, Stream stream);
  }

  /** Runs {@code linear} on the first {@code m} rows of the activations given last. */
  Output run(Linear linear, int m, ActivationType result) {
    return run(linear.n(), m, result, (to, queue) -> linear.forward(x.address(), to, m, queue));
  }

  /** Runs a product of m rows of n results each. */
  Output run(int n, int m, ActivationType result, Product product) {
    long bytes = (long) m * n * Short.BYTES;
    MemorySegment used = host.asSlice(0, bytes + GUARD_BYTES);
    used.asSlice(0, bytes).fill(SixteenBit.NAN_BYTE);
    used.asSlice(bytes).fill(GUARD);
    device.upload(used, y.address());
    product.queue(y.address(), stream);
    stream.synchronize();
    device.download(y.address(), used);
    return new Output(result, used.asSlice(0, bytes).toArray(ValueLayout.JAVA_SHORT), damage(used.asSlice(bytes)));
  }

  /** The median microseconds of a few products, as this thread sees them. */
  double hostUs(Linear linear, int m) {
    double[] us = new double[HOST_REPLAYS];
    for (int i = 0; i < us.length; i++) {
      long start = System.nanoTime();
      linear.forward(x.address(), y.address(), m, stream);
      stream.synchronize();
      us[i] = (System.nanoTime() - start) / 1e3;
    }
    Arrays.sort(us);
    return us[us.length / 2];
  }

  private static Optional<String> damage(MemorySegment guard) {
    for (long i = 0; i < guard.byteSize(); i++) {
      if (guard.get(ValueLayout.JAVA_BYTE, i) != GUARD) {
        return Optional.of("byte " + i + " behind the end of y was overwritten");
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    y.close();
    x.close();
    stream.close();
    arena.close();
  }
}
