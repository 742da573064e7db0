package org.bitloom;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.Absmax;
import org.bitloom.runtime.quant.ElementType;
import org.bitloom.runtime.quant.WeightMatrix;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The embedding example of the README, as it stands there. */
class EmbeddingTest {
  private static final int N = 32;
  private static final int K = 64;

  @Test
  void multipliesByTheDeclaredFormat() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment ones = arena.allocate((long) N * K * Float.BYTES, Float.BYTES);
      for (int i = 0; i < N * K; i++) {
        ones.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1f);
      }
      WeightMatrix weights = new WeightMatrix(ones, ElementType.F32, N, K);

      // README: begin
      WeightFormat format = Bitloom.compile("mine.bl", "format mine { element int 4  scale f16 per 32 }")
          .format("mine");
      PackedWeights packed = new WeightPacker(format).pack(new Absmax().quantize(format.info(), weights), arena);
      try (Device device = Devices.open("auto");
          Stream stream = device.openStream();
          DeviceBuffer x = device.allocate(2L * K);
          DeviceBuffer y = device.allocate(2L * N);
          Linear linear = device.linear(format, format.kernels().getFirst(), packed, Optional.empty())) {
        linear.prepare(1);
        linear.forward(x.address(), y.address(), 1, stream);
        stream.synchronize();
      }
      // README: end

      try (Device device = Devices.open("cpu");
          Stream stream = device.openStream();
          DeviceBuffer x = device.allocate(2L * K);
          DeviceBuffer y = device.allocate(2L * N);
          Linear linear = device.linear(format, format.kernels().getFirst(), packed, Optional.empty())) {
        MemorySegment host = arena.allocate(2L * K, 2);
        for (int i = 0; i < K; i++) {
          host.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(1f));
        }
        device.upload(host, x.address());
        linear.prepare(1);
        linear.forward(x.address(), y.address(), 1, stream);
        stream.synchronize();
        MemorySegment result = arena.allocate(2L * N, 2);
        device.download(y.address(), result);
        assertEquals(K, Float.float16ToFloat(result.get(ValueLayout.JAVA_SHORT, 2L * (N - 1))), 0.1);
      }
    }
  }
}
