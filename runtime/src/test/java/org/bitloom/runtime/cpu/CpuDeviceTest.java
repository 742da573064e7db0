package org.bitloom.runtime.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.LongStream;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.DeviceProvider;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.fixture.Tables;
import org.bitloom.runtime.numeric.Bf16;
import org.bitloom.runtime.numeric.F16;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.Absmax;
import org.bitloom.runtime.quant.Greedy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CpuDeviceTest {
  /** A kernel of which the cpu device takes types and epilogue alone. */
  private static KernelUnit kernel(WeightFormat format, ActivationType type, EpilogueOp... epilogue) {
    return new KernelUnit("none", format.info(), format.layout(), type, type, List.of(epilogue),
        List.of(new KernelVariant("none", "", StreamOrder.LAUNCH, new NoSchedules())));
  }

  private record NoSchedules() implements ScheduleSpace {
    @Override
    public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
      return List.of();
    }

    @Override
    public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
      return Optional.of("none is legal");
    }

    @Override
    public Schedule firstChoice(Problem problem, DeviceLimits limits) {
      throw new UnsupportedOperationException();
    }

    @Override
    public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
      throw new UnsupportedOperationException("no schedules");
    }

    @Override
    public LaunchShape launch(Schedule schedule, Problem problem) {
      throw new UnsupportedOperationException();
    }
  }

  private static float toFloat(ActivationType type, short bits) {
    return type == ActivationType.F16 ? F16.toFloat(bits) : Bf16.toFloat(bits);
  }

  private static short fromDouble(ActivationType type, double x) {
    return type == ActivationType.F16 ? F16.fromDouble(x) : Bf16.fromDouble(x);
  }

  private static short[] random(Random random, ActivationType type, int count) {
    short[] numbers = new short[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = fromDouble(type, random.nextGaussian());
    }
    return numbers;
  }

  private static MemorySegment segment(short[] numbers) {
    return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_SHORT, numbers);
  }

  private static short[] forward(WeightFormat format, KernelUnit kernel, QuantizedWeights weights, short[] x, int m,
      Optional<MemorySegment> bias) {
    PackedWeights packed = new WeightPacker(format).pack(weights, Arena.ofAuto());
    MemorySegment y = Arena.ofAuto().allocate(2L * m * weights.n());
    try (Device device = new CpuDevice();
        Stream stream = device.openStream();
        DeviceBuffer xBuffer = device.allocate(2L * x.length);
        DeviceBuffer yBuffer = device.allocate(y.byteSize());
        Linear linear = device.linear(format, kernel, packed, bias)) {
      device.upload(segment(x), xBuffer.address());
      linear.prepare(m);
      linear.forward(xBuffer.address(), yBuffer.address(), m, stream);
      stream.synchronize();
      device.download(yBuffer.address(), y);
    }
    return y.toArray(ValueLayout.JAVA_SHORT);
  }

  static LongStream seeds() {
    return new Random().longs(40);
  }

  /** The naive loop: every weight decoded from its natural place by the formula of FormatInfo. */
  @ParameterizedTest
  @MethodSource("seeds")
  void agreesWithTheNaiveLoop(long seed) {
    Random random = new Random(seed);
    FormatInfo info = Formats.random(random);
    int n = 1 + random.nextInt(40);
    int k = 1 + random.nextInt(150);
    int m = 1 + random.nextInt(9);
    ActivationType type = random.nextBoolean() ? ActivationType.F16 : ActivationType.BF16;
    QuantizedWeights weights = new Absmax().quantize(info, Matrices.random(random, n, k));
    short[] x = random(random, type, m * k);
    short[] bias = random(random, type, n);
    WeightFormat format = Formats.packed(info);
    short[] y = forward(format, kernel(format, type, EpilogueOp.BIAS), weights, x, m, Optional.of(segment(bias)));
    for (int row = 0; row < m; row++) {
      for (int out = 0; out < n; out++) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < k; i++) {
          double term = toFloat(type, x[row * k + i]) * weight(weights, out, i);
          sum += term;
          magnitude += Math.abs(term);
        }
        sum += toFloat(type, bias[out]);
        double slack = 1e-13 * (magnitude + 1);
        short got = y[row * n + out];
        boolean rounded = got == fromDouble(type, sum) || got == fromDouble(type, sum - slack)
            || got == fromDouble(type, sum + slack);
        assertTrue(rounded, () -> "seed " + seed + ", " + info);
      }
    }
  }

  private static double weight(QuantizedWeights weights, int row, int k) {
    double value = weights.format().table()
        .value(weights.codes().get(ValueLayout.JAVA_BYTE, (long) row * weights.k() + k) & 0xff);
    double scale = 1;
    double zero = 0;
    double offset = 0;
    for (int i = 0; i < weights.planes().size(); i++) {
      NaturalPlane plane = new NaturalPlane(weights.format().planes().get(i), weights.n(), weights.k(),
          weights.planes().get(i));
      double number = plane.value(row, plane.group(k));
      switch (plane.plane().role()) {
        case SCALE -> scale *= number;
        case ZERO -> zero = number;
        case OFFSET -> offset = number;
      }
    }
    return scale * (value - zero) + offset;
  }

  private static final FormatInfo INT8 = Formats.of("int8", Tables.ints(8),
      Formats.scale(ParamType.Float.F32, new Grouping.Row()));

  /** One weight of exactly -128, so that y = epilogue(x) for x of few bits. */
  private static double one(double x, EpilogueOp... epilogue) {
    WeightFormat format = Formats.packed(INT8);
    QuantizedWeights weights = new Absmax().quantize(INT8, Matrices.of(1, 1, -128));
    return Reference.of(kernel(format, ActivationType.F16, epilogue), weights, Optional.empty())
        .multiply(segment(new short[]{F16.fromDouble(x / -128)}), 1)[0];
  }

  /** The normal distribution function from Abramowitz and Stegun, table 26.1. */
  @Test
  void siluAndGeluHaveTheirExactForms() {
    assertEquals(1 / (1 + Math.exp(-1)), one(1, EpilogueOp.SILU), 1e-15);
    assertEquals(0.841344746068543, one(1, EpilogueOp.GELU), 1e-15);
    assertEquals(2 * 0.977249868051821, one(2, EpilogueOp.GELU), 1e-14);
    assertEquals(-2 * (1 - 0.977249868051821), one(-2, EpilogueOp.GELU), 1e-14);
    assertEquals(0, Math.abs(one(0, EpilogueOp.GELU)));
    assertEquals(128, one(128, EpilogueOp.GELU));
    assertEquals(0, Math.abs(one(-8192, EpilogueOp.GELU)));
    assertEquals(0, Math.abs(one(-8192, EpilogueOp.SILU)));
  }

  @Test
  void operationsRunInTheirOrder() {
    double x = 1.5;
    double silu = x / (1 + Math.exp(-x));
    assertEquals(silu / (1 + Math.exp(-silu)), one(x, EpilogueOp.SILU, EpilogueOp.SILU), 1e-15);
  }

  /** Values of erfc from Abramowitz and Stegun, table 7.1, and its asymptotic tail. */
  @Test
  void erfcKeepsItsRelativeAccuracy() {
    assertEquals(1 - 0.5204998778, Erf.erfc(0.5), 1e-10);
    assertEquals(1 - 0.8427007929, Erf.erfc(1), 1e-10);
    assertEquals(1 + 0.8427007929, Erf.erfc(-1), 1e-10);
    assertEquals(1 - 0.9953222650, Erf.erfc(2), 1e-10);
    double x = 20;
    double asymptotic = Math.exp(-x * x) / (x * Math.sqrt(Math.PI)) * (1 - 1 / (2 * x * x) + 3 / (4 * Math.pow(x, 4)));
    assertEquals(1, Erf.erfc(x) / asymptotic, 1e-7);
    assertEquals(Erf.erfc(Math.nextDown(1.5)), Erf.erfc(Math.nextUp(1.5)), 1e-13 * Erf.erfc(1.5));
    assertEquals(Erf.erfc(Math.nextDown(-1.5)), Erf.erfc(Math.nextUp(-1.5)), 1e-14);
  }

  @Test
  void resultsBeyondHalfAreInfinite() {
    WeightFormat format = Formats.packed(INT8);
    QuantizedWeights weights = new Absmax().quantize(INT8, Matrices.of(2, 1, 60000, 65500));
    short[] y = forward(format, kernel(format, ActivationType.F16), weights,
        new short[]{F16.fromDouble(1), F16.fromDouble(-2)}, 2, Optional.empty());
    assertArrayEquals(new short[]{F16.fromDouble(60000), F16.fromDouble(65500), (short) 0xfc00, (short) 0xfc00}, y);
  }

  @Test
  void biasMustFitTheKernel() {
    WeightFormat format = Formats.packed(INT8);
    QuantizedWeights weights = new Absmax().quantize(INT8, Matrices.of(2, 1, 1, 2));
    PackedWeights packed = new WeightPacker(format).pack(weights, Arena.ofAuto());
    try (Device device = new CpuDevice()) {
      assertThrows(IllegalArgumentException.class,
          () -> device.linear(format, kernel(format, ActivationType.F16, EpilogueOp.BIAS), packed, Optional.empty()));
      assertThrows(IllegalArgumentException.class, () -> device.linear(format, kernel(format, ActivationType.F16),
          packed, Optional.of(segment(new short[2]))));
      assertThrows(IllegalArgumentException.class, () -> device.linear(format,
          kernel(format, ActivationType.F16, EpilogueOp.BIAS), packed, Optional.of(segment(new short[3]))));
    }
  }

  @Test
  void whatIsClosedIsGoneAndMayBeClosedAgain() {
    WeightFormat format = Formats.packed(INT8);
    PackedWeights packed = new WeightPacker(format).pack(new Absmax().quantize(INT8, Matrices.of(2, 1, 1, 2)),
        Arena.ofAuto());
    try (CpuDevice device = new CpuDevice();
        Stream stream = device.openStream();
        DeviceBuffer x = device.allocate(2);
        DeviceBuffer y = device.allocate(4)) {
      Linear linear = device.linear(format, ActivationType.F16, packed);
      linear.forward(x.address(), y.address(), 1, stream);
      linear.close();
      linear.close();
      assertThrows(IllegalStateException.class, () -> linear.forward(x.address(), y.address(), 1, stream));
      DeviceBuffer buffer = device.allocate(16);
      buffer.close();
      buffer.close();
    }
  }

  @Test
  void closingAProductOfFewerPlanesLeavesTheWeights() {
    FormatInfo info = Formats.binary(2, Formats.scale(ParamType.Float.F32, new Grouping.Row()));
    WeightFormat format = Formats.packed(info);
    PackedWeights packed = new WeightPacker(format).pack(new Greedy().quantize(info, Matrices.of(1, 4, 3, 1, -1, -3)),
        Arena.ofAuto());
    try (CpuDevice device = new CpuDevice();
        Stream stream = device.openStream();
        DeviceBuffer x = device.allocate(8);
        DeviceBuffer y = device.allocate(2);
        Linear linear = device.linear(format, ActivationType.F16, packed)) {
      device.upload(segment(new short[]{F16.fromDouble(1), 0, 0, 0}), x.address());
      MemorySegment result = Arena.ofAuto().allocate(2, 2);
      try (Linear first = linear.withPlanes(new SignPlanes(1))) {
        first.forward(x.address(), y.address(), 1, stream);
        device.download(y.address(), result);
        assertEquals(2, F16.toFloat(result.get(ValueLayout.JAVA_SHORT, 0)));
      }
      linear.forward(x.address(), y.address(), 1, stream);
      device.download(y.address(), result);
      assertEquals(3, F16.toFloat(result.get(ValueLayout.JAVA_SHORT, 0)));
    }
  }

  @Test
  void isFoundAsAService() {
    assertTrue(ServiceLoader.load(DeviceProvider.class).stream()
        .anyMatch(provider -> provider.get().kind().equals("cpu")));
  }

  @Test
  void adoptsNoStreams() {
    assertThrows(UnsupportedOperationException.class, () -> new CpuDevice().adoptStream(1));
  }
}
