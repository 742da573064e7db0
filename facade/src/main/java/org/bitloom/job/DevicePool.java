package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;

/**
 * Device memory full of random 16-bit numbers, cut into as many equal copies as fit: what the read floor reads and what
 * cuBLAS multiplies. Real numbers, for zeros draw less power and so run faster.
 */
final class DevicePool implements AutoCloseable {
  private static final long ALIGNMENT = 256;
  private static final long PATTERN_BYTES = 16L << 20;

  private final DeviceBuffer buffer;

  DevicePool(Device device, long bytes, ActivationType type) {
    buffer = device.allocate(Math.ceilDiv(bytes, PATTERN_BYTES) * PATTERN_BYTES);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pattern = arena.allocate(PATTERN_BYTES, Short.BYTES);
      RandomGenerator random = new SplittableRandom(1);
      for (long i = 0; i < PATTERN_BYTES / Short.BYTES; i++) {
        pattern.setAtIndex(ValueLayout.JAVA_SHORT, i, SixteenBit.round(type, random.nextDouble() - 0.5));
      }
      for (long at = 0; at < buffer.bytes(); at += PATTERN_BYTES) {
        device.upload(pattern, buffer.address() + at);
      }
    }
  }

  long bytes() {
    return buffer.bytes();
  }

  /** Addresses of copies of {@code bytes} bytes that do not overlap, in the first {@code within} bytes; at least one. */
  long[] copies(long bytes, long within) {
    long stride = Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    long count = Math.max(1, within / stride);
    return LongStream.range(0, count).map(i -> buffer.address() + i * stride).toArray();
  }

  @Override
  public void close() {
    buffer.close();
  }
}
