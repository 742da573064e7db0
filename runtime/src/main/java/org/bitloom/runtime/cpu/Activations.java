package org.bitloom.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.numeric.Bf16;
import org.bitloom.runtime.numeric.F16;

/** Reads activations and writes results as little-endian numbers of two bytes. */
final class Activations {
  static final int BYTES = 2;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Activations() {
  }

  static double[] read(ActivationType type, MemorySegment data, int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      short bits = data.get(SHORT, (long) BYTES * i);
      numbers[i] = switch (type) {
        case F16 -> F16.toFloat(bits);
        case BF16 -> Bf16.toFloat(bits);
      };
    }
    return numbers;
  }

  static void write(ActivationType type, MemorySegment data, long index, double number) {
    short bits = switch (type) {
      case F16 -> F16.fromDouble(number);
      case BF16 -> Bf16.fromDouble(number);
    };
    data.set(SHORT, BYTES * index, bits);
  }
}
