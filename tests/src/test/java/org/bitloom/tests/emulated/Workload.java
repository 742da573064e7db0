package org.bitloom.tests.emulated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.numeric.Bf16;
import org.bitloom.runtime.numeric.F16;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.Absmax;
import org.bitloom.runtime.quant.ElementType;
import org.bitloom.runtime.quant.Greedy;
import org.bitloom.runtime.quant.Quantizer;
import org.bitloom.runtime.quant.WeightMatrix;

/**
 * One layer that a kernel multiplies, with its truth: quantized and packed weights, activations of the largest batch, and
 * their product in float64. Magnitude and mean of the weights differ from row to row and from 16 features to the next 16,
 * so that a parameter of the wrong row or group shows.
 *
 * @param x [m][k] two-byte numbers
 * @param truth [m][n]
 */
@SuppressWarnings("ArrayRecordComponent") // workloads are run, never compared
record Workload(WeightFormat format, KernelUnit kernel, PackedWeights packed, Optional<MemorySegment> bias,
    MemorySegment x, double[] truth, int m) {
  private static final double WEIGHT = 0.04;
  private static final int BLOCK = 16;
  /** One of so many activations is 0 where they are quantized: its sign is positive. */
  private static final int ZERO = 31;

  /** Random weights, bias and activations that depend on {@code seed} alone. */
  static Workload quantized(WeightFormat format, KernelUnit kernel, int n, int k, int m, long seed) {
    Arena arena = Arena.ofAuto();
    SplittableRandom random = new SplittableRandom(seed);
    return of(format, kernel, quantizer(format).quantize(format.info(), weights(n, k, random.split(), arena), arena), m,
        random, arena);
  }

  private static Quantizer quantizer(WeightFormat format) {
    return switch (format.info().element()) {
      case DecodeTable _ -> new Absmax();
      case SignPlanes _ -> new Greedy();
    };
  }

  /** As above, but codes and parameters are drawn, not quantized. */
  static Workload drawn(WeightFormat format, KernelUnit kernel, int n, int k, int m, long seed) {
    Arena arena = Arena.ofAuto();
    SplittableRandom random = new SplittableRandom(seed);
    return of(format, kernel, new RandomWeights(format.info(), random.split()).draw(n, k, arena), m, random, arena);
  }

  private static Workload of(WeightFormat format, KernelUnit kernel, QuantizedWeights quantized, int m,
      SplittableRandom random, Arena arena) {
    int n = quantized.n();
    int k = quantized.k();
    MemorySegment x = numbers(kernel.x(), (long) m * k, random.split(), arena);
    if (kernel.code().isPresent()) {
      for (long i = 0; i < (long) m * k; i += ZERO) {
        x.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) 0);
      }
    }
    Optional<MemorySegment> bias = kernel.takesBias()
        ? Optional.of(numbers(kernel.y(), n, random.split(), arena))
        : Optional.empty();
    PackedWeights packed = new WeightPacker(format).pack(quantized, arena);
    spoilGaps(packed);
    return new Workload(format, kernel, packed, bias, x,
        Reference.of(kernel, quantized, bias).multiply(x, m), m);
  }

  /** Fills what lies between sections with NaN, for no kernel may use it. */
  private static void spoilGaps(PackedWeights packed) {
    PackedShape shape = packed.shape();
    PackedShape.Section before = shape.codes();
    List<PackedShape.Section> sections = new ArrayList<>(shape.planes());
    shape.rowSums().ifPresent(sections::add);
    for (PackedShape.Section section : sections) {
      spoil(packed.bytes(), before, section.offset());
      before = section;
    }
    spoil(packed.bytes(), before, shape.bytes());
  }

  private static void spoil(MemorySegment bytes, PackedShape.Section section, long end) {
    long gap = section.offset() + section.bytes();
    bytes.asSlice(gap, end - gap).fill((byte) 0xff);
  }

  /** Whether every code's value is a number of the activations' type, so that kernels need not round it. */
  boolean exactCodes() {
    if (format.info().element() instanceof SignPlanes) {
      return true;
    }
    for (float value : format.info().table().toArray()) {
      if (Float.isFinite(value) && value(kernel.x(), round(kernel.x(), value)) != value) {
        return false;
      }
    }
    return true;
  }

  /** The same layer by its first sign planes only. */
  Workload withPlanes(SignPlanes used) {
    KernelUnit coarse = kernel.withPlanes(used);
    QuantizedWeights quantized = new WeightPacker(format).unpack(packed, Arena.ofAuto());
    return new Workload(format, coarse, packed, bias, x, Reference.of(coarse, quantized, bias).multiply(x, m), m);
  }

  /** The same layer under another kernel text. */
  Workload with(KernelUnit other) {
    return new Workload(format, other, packed, bias, x, truth, m);
  }

  int n() {
    return packed.shape().n();
  }

  int k() {
    return packed.shape().k();
  }

  private static WeightMatrix weights(int n, int k, RandomGenerator random, Arena arena) {
    MemorySegment data = arena.allocate((long) n * k * Float.BYTES, 256);
    for (int row = 0; row < n; row++) {
      double rowSize = Math.scalb(WEIGHT, random.nextInt(4) - 2);
      double size = rowSize;
      double mean = 0;
      for (int i = 0; i < k; i++) {
        if (i % BLOCK == 0) {
          size = Math.scalb(rowSize, random.nextInt(3) - 1);
          mean = 0.5 * size * random.nextGaussian();
        }
        data.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * k + i, (float) (mean + size * random.nextGaussian()));
      }
    }
    return new WeightMatrix(data, ElementType.F32, n, k);
  }

  private static MemorySegment numbers(ActivationType type, long count, RandomGenerator random, Arena arena) {
    MemorySegment bits = arena.allocate(count * Short.BYTES, 256);
    for (long i = 0; i < count; i++) {
      bits.setAtIndex(ValueLayout.JAVA_SHORT, i, round(type, random.nextGaussian()));
    }
    return bits;
  }

  static short round(ActivationType type, double value) {
    return switch (type) {
      case F16 -> F16.fromDouble(value);
      case BF16 -> Bf16.fromDouble(value);
    };
  }

  static double value(ActivationType type, short bits) {
    return switch (type) {
      case F16 -> F16.toFloat(bits);
      case BF16 -> Bf16.toFloat(bits);
    };
  }
}
