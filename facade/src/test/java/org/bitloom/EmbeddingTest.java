package org.bitloom;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The embedding example of the README, as it stands there, and what such a product gives. */
class EmbeddingTest {
  private static final int N = 32;
  private static final int K = 64;

  /** Every 15 columns have all of -7 to 7 times a power of two, so that the format holds them exactly. */
  private static float weight(int row, int column) {
    return Math.scalb((float) ((5 * row + 2 * column) % 15 - 7), row % 4 - 2);
  }

  private static float activation(int column) {
    return (column * 5 % 9 - 4) / 4f;
  }

  private static WeightMatrix weights(Arena arena) {
    MemorySegment data = arena.allocate((long) N * K * Float.BYTES, Float.BYTES);
    for (int i = 0; i < N * K; i++) {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, weight(i / K, i % K));
    }
    return new WeightMatrix(data, ElementType.F32, N, K);
  }

  @Test
  void theReadmesExampleRuns() {
    try (Arena arena = Arena.ofShared()) {
      WeightMatrix weights = weights(arena);

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
    }
  }

  @Test
  void theReadmeShowsTheExampleThatRuns() throws IOException {
    String source = Files.readString(Path.of("src/test/java/org/bitloom/EmbeddingTest.java"));
    int begin = source.indexOf("// README: begin\n") + "// README: begin\n".length();
    String example = source.substring(begin, source.indexOf("// README: end\n"));
    String readme = Files.readString(Path.of("../README.md"));
    assertTrue(readme.replaceAll("\\s", "").contains("```java" + example.replaceAll("\\s", "") + "```"), example);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "auto"})
  void everyOutputIsTheProductOfItsRow(String name) {
    WeightFormat format = Bitloom.compile("mine.bl", "format mine { element int 4  scale f16 per 32 }").format("mine");
    try (Arena arena = Arena.ofShared();
        Device device = Devices.open(name);
        Stream stream = device.openStream();
        DeviceBuffer x = device.allocate(2L * K);
        DeviceBuffer y = device.allocate(2L * N);
        Linear linear = device.linear(format, format.kernels().getFirst(),
            new WeightPacker(format).pack(new Absmax().quantize(format.info(), weights(arena)), arena),
            Optional.empty())) {
      MemorySegment host = arena.allocate(2L * K, 2);
      for (int i = 0; i < K; i++) {
        host.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(activation(i)));
      }
      device.upload(host, x.address());
      linear.prepare(1);
      linear.forward(x.address(), y.address(), 1, stream);
      stream.synchronize();
      MemorySegment result = arena.allocate(2L * N, 2);
      device.download(y.address(), result);
      for (int row = 0; row < N; row++) {
        float sum = 0;
        for (int i = 0; i < K; i++) {
          sum += weight(row, i) * activation(i);
        }
        assertEquals(Float.float16ToFloat(Float.floatToFloat16(sum)),
            Float.float16ToFloat(result.getAtIndex(ValueLayout.JAVA_SHORT, row)), "row " + row);
      }
    }
  }
}
