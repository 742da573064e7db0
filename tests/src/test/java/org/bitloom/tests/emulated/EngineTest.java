package org.bitloom.tests.emulated;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.bitloom.ShippedFormats;
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
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The engine's own test of docs/testing.md, as it stands there: a layer on the kernel itself, without a GPU. */
class EngineTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "testing.md");
  private static final Path SOURCE = Path.of("src/test/java/org/bitloom/tests/emulated/EngineTest.java");

  @Test
  void standsInTheDocument() throws IOException {
    String source = Files.readString(SOURCE);
    String begin = "  // docs/testing.md: begin\n";
    String example = source.substring(source.indexOf(begin) + begin.length(),
        source.indexOf("  // docs/testing.md: end\n")).stripTrailing().stripIndent();
    assertTrue(Files.readString(DOCUMENT).contains("```java\n" + example + "\n```\n"),
        () -> DOCUMENT + " does not show this:\n" + example);
  }

  // docs/testing.md: begin
  @Test
  void layerOfOnesSumsItsInput() {
    int n = 48;
    int k = 256;
    try (Arena arena = Arena.ofShared();
        Device device = Devices.open("emulated");
        Stream stream = device.openStream()) {
      MemorySegment ones = arena.allocate(4L * n * k, 4);
      MemorySegment input = arena.allocate(2L * k, 2);
      for (int i = 0; i < n * k; i++) {
        ones.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1f);
      }
      for (int i = 0; i < k; i++) {
        input.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(i % 4));
      }
      WeightFormat format = ShippedFormats.byName("int4_g128").orElseThrow();
      PackedWeights packed = new WeightPacker(format)
          .pack(new Absmax().quantize(format.info(), new WeightMatrix(ones, ElementType.F32, n, k)), arena);
      try (Linear linear = device.linear(format, format.kernels().getFirst(), packed, Optional.empty());
          DeviceBuffer x = device.allocate(input.byteSize());
          DeviceBuffer y = device.allocate(2L * n)) {
        device.upload(input, x.address());
        linear.prepare(1);
        linear.forward(x.address(), y.address(), 1, stream); // throws KernelFault where a kernel breaks the rules
        stream.synchronize();
        MemorySegment output = arena.allocate(y.bytes(), 2);
        device.download(y.address(), output);
        for (int i = 0; i < n; i++) {
          assertEquals(1.5f * k, Float.float16ToFloat(output.getAtIndex(ValueLayout.JAVA_SHORT, i)), 0.5f);
        }
      }
    }
  }
  // docs/testing.md: end
}
