package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Stream;

/** Quantized activations of one product on a device, and the time that it takes to make them. */
final class QuantizedTokens implements AutoCloseable {
  /** Small activations stay in the L2 cache, as those do that a layer before has just written; more copies change nothing. */
  private static final int MOST = 64;

  private final BenchSite site;
  private final Linear linear;
  private final Problem problem;
  private final List<DeviceBuffer> plain = new ArrayList<>();
  private final List<DeviceBuffer> quantized = new ArrayList<>();

  /**
   * As many copies of the activations as rotate through the L2 cache, and of what they are quantized to.
   *
   * @param linear prepared for the batch
   * @param x device address of x[m][k], quantized into the first copy
   */
  QuantizedTokens(BenchSite site, Linear linear, long x, Problem problem) {
    this.site = site;
    this.linear = linear;
    this.problem = problem;
    Device device = site.device();
    long bytes = (long) Short.BYTES * problem.m() * problem.k();
    long each = bytes + linear.quantizedBytes(problem.m());
    int count = Math.clamp(Math.ceilDiv(site.rotationBytes(), each), 2, MOST);
    try (HostCopy activations = HostCopy.of(device, x, bytes)) {
      for (int i = 0; i < count; i++) {
        plain.add(device.allocate(bytes));
        quantized.add(device.allocate(linear.quantizedBytes(problem.m())));
        device.upload(activations.bytes(), plain.getLast().address());
      }
    }
    quantize(x, site.stream());
    site.stream().synchronize();
  }

  /** Where the quantized activations lie. */
  long address() {
    return quantized.getFirst().address();
  }

  /** Queues the quantization of x[m][k] to there. */
  void quantize(long x, Stream stream) {
    linear.quantize(x, address(), problem.m(), stream);
  }

  /** Median microseconds of one quantization. */
  double us() {
    return site.timer().time(plain.size(), i -> linear.quantize(plain.get(i).address(), quantized.get(i).address(),
        problem.m(), site.stream())).medianUs();
  }

  @Override
  public void close() {
    plain.forEach(DeviceBuffer::close);
    quantized.forEach(DeviceBuffer::close);
  }
}
