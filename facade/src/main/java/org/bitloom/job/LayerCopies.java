package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.measure.LaunchTimer;
import org.bitloom.runtime.measure.Timing;

/** The same weights many times on a device, so that a launch never finds its own in the L2 cache. */
final class LayerCopies implements AutoCloseable {
  private static final int L2_MULTIPLE = 4;
  private static final int MOST = 4096;

  private final List<Linear> copies;

  private LayerCopies(List<Linear> copies) {
    this.copies = copies;
  }

  /** As many copies as make a rotation that stays out of the cache; at least two. */
  static LayerCopies load(Device device, WeightFormat format, KernelUnit kernel, PackedWeights weights) {
    return load(device, format, kernel, weights, PlainKernels.bytes(kernel, weights.shape()), rotationBytes(device));
  }

  /** What keeps a rotation of copies out of the cache of {@code device}: four times its size. */
  static long rotationBytes(Device device) {
    return L2_MULTIPLE * device.info().limits().l2Bytes();
  }

  /**
   * As many copies as {@code rotation} bytes take; at least two.
   *
   * @param bytes what a product reads of a copy
   */
  static LayerCopies load(Device device, WeightFormat format, KernelUnit kernel, PackedWeights weights, long bytes,
      long rotation) {
    int count = Math.clamp(Math.ceilDiv(rotation, bytes), 2, MOST);
    List<Linear> copies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      copies.add(device.linear(format, kernel, weights, Optional.empty()));
    }
    return new LayerCopies(copies);
  }

  List<Linear> all() {
    return List.copyOf(copies);
  }

  Linear first() {
    return copies.getFirst();
  }

  void prepare(int m) {
    copies.forEach(copy -> copy.prepare(m));
  }

  void prepare(int m, Schedule schedule) {
    copies.forEach(copy -> copy.prepare(m, schedule));
  }

  /** Products of activations that are quantized already. */
  Timing timeQuantized(LaunchTimer timer, long quantized, long y, int m, Stream stream) {
    return timer.time(copies.size(), i -> copies.get(i).forwardQuantized(quantized, y, m, stream));
  }

  Timing time(LaunchTimer timer, long x, long y, int m, Stream stream) {
    return timer.time(copies.size(), i -> copies.get(i).forward(x, y, m, stream));
  }

  @Override
  public void close() {
    copies.forEach(Linear::close);
  }
}
