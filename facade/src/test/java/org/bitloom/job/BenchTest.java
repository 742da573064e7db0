package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.measure.LaunchTimer;
import org.bitloom.runtime.measure.Timing;
import org.bitloom.runtime.tune.TunedChooser.Choice;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What {@code bench} does on a GPU, on the emulated device: everything but the times is real. */
class BenchTest {
  private static final int N = 40;
  private static final int K = 300;
  private static final int ZERO_X_US = 1000;

  private final List<BenchRow> rows = new ArrayList<>();
  private final List<QuantizedRow> quantized = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int launches;
  private List<String> without = List.of();

  /** An emulated device; every launch runs once and is said to take as many microseconds as there are copies. */
  private final class Site implements BenchSite, AutoCloseable, Yardsticks {
    private final Device device = Devices.open("emulated");
    private final Stream stream = device.openStream();
    /** Where cuBLAS, which is timed behind the first row, was told that activations lie; only looked at where parts are left out. */
    private OptionalLong x = OptionalLong.empty();

    @Override
    public Device device() {
      return device;
    }

    @Override
    public Stream stream() {
      return stream;
    }

    @Override
    public LaunchTimer timer() {
      return (copies, launch) -> {
        for (int i = 0; i < copies; i++) {
          launch.accept(i);
          launches++;
        }
        stream.synchronize();
        return Timing.of(x.isPresent() && allZero(x.getAsLong()) ? ZERO_X_US : copies);
      };
    }

    private boolean allZero(long address) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment row = arena.allocate((long) K * Short.BYTES);
        device.download(address, row);
        return row.mismatch(arena.allocate(row.byteSize())) < 0;
      }
    }

    @Override
    public Yardsticks yardsticks() {
      return this;
    }

    @Override
    public long rotationBytes() {
      return 1;
    }

    @Override
    public Choice choice(KernelUnit kernel, Problem problem) {
      return new Choice(kernel.space().firstChoice(problem, device.info().limits()), Optional.empty(), List.of());
    }

    @Override
    public void compile(KernelUnit kernel, List<Schedule> schedules) {
      assertTrue(schedules.size() >= 1);
    }

    @Override
    public Optional<String> cublasMissing() {
      return Optional.empty();
    }

    @Override
    public double floorUs(long bytes) {
      return bytes / 1000.0;
    }

    @Override
    public OptionalDouble cublasUs(ActivationType type, Problem problem, long x, long y) {
      this.x = without.isEmpty() ? OptionalLong.empty() : OptionalLong.of(x);
      return OptionalDouble.of(40);
    }

    @Override
    public OptionalDouble cublasInt8Us(Problem problem) {
      return problem.m() == 1 ? OptionalDouble.empty() : OptionalDouble.of(20);
    }

    @Override
    public void close() {
      stream.close();
      device.close();
    }
  }

  private void measure(String format, Optional<String> kernels, List<Integer> planes, List<Integer> batches) {
    measure(format, kernels, planes, batches, List.of());
  }

  private void measure(String format, Optional<String> kernels, List<Integer> planes, List<Integer> batches,
      List<String> without) {
    this.without = without;
    BenchRequest request = new BenchRequest(Pattern.compile(""), kernels.map(Pattern::compile),
        List.of(new ShapeBatches(new Shape(N, K), batches)), planes, BenchRequest.Schedules.parse("tuned"),
        ActivationType.F16, without.stream().map(KernelPart::parse).toList());
    try (Site site = new Site()) {
      Bench bench = new Bench(request, site, new BenchListener() {
        @Override
        public void row(BenchRow row) {
          rows.add(row);
        }

        @Override
        public void row(QuantizedRow row) {
          quantized.add(row);
        }

        @Override
        public void problem(String problem) {
          problems.add(problem);
        }
      });
      bench.measure(ShippedFormats.byName(format).orElseThrow(), request.shapes().getFirst());
    }
  }

  @Test
  void timesProductQuantizerAndBothOfQuantizedActivations() {
    measure("w2_bipolar", Optional.of("_a2_"), List.of(), List.of(1, 9));
    assertEquals(List.of(), problems);
    assertEquals(List.of(), rows);
    assertEquals(List.of(1, 9), quantized.stream().map(QuantizedRow::m).toList());
    QuantizedRow row = quantized.getLast();
    assertEquals("W2A2 w2_bipolar x bipolar 2", row.label());
    assertEquals("linear_w2_bipolar_a2_f16", row.kernel());
    assertEquals(2, row.us());
    assertEquals(2.0 * N * K * 9 / 2 / 1e6, row.teraops(), 1e-9);
    assertEquals(2 * 3 * 2, launches, "two copies of each of three launches for each batch");
    // 48 rows of 512 features in 2 bits, a f16 scale and a sum for each row; records and planes of 9 tokens; 9 x 40 results.
    long weights = row.bytes() - 9 * (8 + 2 * 128) - 2 * 9 * N;
    assertTrue(weights >= 48 * 512 / 4 + 2 * 48 && weights < 48 * 1024 / 4 + 8 * 48, "weights take " + weights);
    assertEquals(2L * 9 * K + 9 * (8 + 8 * 2 * 128), row.quantizerBytes());
    assertEquals(row.bytes() / 1000.0, row.floorUs());
    assertEquals(row.quantizerBytes() / 1000.0, row.quantizerFloorUs());
    assertEquals(OptionalDouble.of(20), row.int8Us());
    assertEquals(OptionalDouble.empty(), quantized.getFirst().int8Us());
  }

  @Test
  void measuresAllQuantizingKernelsOfAFormatThatHasNoOther() {
    measure("w2_bipolar", Optional.empty(), List.of(), List.of(2));
    assertEquals(List.of("W2A2 w2_bipolar x bipolar 2", "W2A4 w2_bipolar x bipolar 4", "W2A8 w2_bipolar x int 8"),
        quantized.stream().map(QuantizedRow::label).toList());
    assertEquals(List.of(), problems);
  }

  @Test
  void measuresThePlainKernelUnlessAnotherIsNamed() {
    measure("int4_row", Optional.empty(), List.of(), List.of(3));
    assertEquals(List.of("int4_row"), rows.stream().map(BenchRow::label).toList());
    measure("int4_row", Optional.of("a8"), List.of(), List.of(3));
    assertEquals(List.of("W4A8 int4_row x int 8"), quantized.stream().map(QuantizedRow::label).toList());
    assertEquals(List.of(), problems);
  }

  @Test
  void firstPlanesReadFewerBytes() {
    measure("bcq3_g128", Optional.empty(), List.of(1, 3, 4), List.of(1));
    assertEquals(List.of("bcq3_g128 has no 4 sign planes"), problems);
    assertEquals(List.of("bcq3_g128 p=1", "bcq3_g128 p=3"), rows.stream().map(BenchRow::label).toList());
    assertEquals(OptionalInt.of(1), rows.getFirst().planes());
    assertTrue(rows.getFirst().bytes() < rows.getLast().bytes() / 2, rows::toString);
  }

  @Test
  void batchesThatRepeatAreCheckedAgainstTheirFirstRows() {
    measure("int4_row", Optional.empty(), List.of(), List.of(130));
    assertEquals(List.of(), problems);
    assertEquals(1, rows.size());
  }

  @Test
  void partsOfTheWorkAreLeftOutAfterTheWholeIsMeasured() {
    measure("nf4_g64", Optional.empty(), List.of(), List.of(3, 40),
        List.of("decoding", "products", "products+decoding"));
    assertEquals(List.of(), problems);
    assertEquals(List.of("nf4_g64 3", "nf4_g64 40", "nf4_g64 without decoding 3", "nf4_g64 without decoding 40",
        "nf4_g64 without products 3", "nf4_g64 without products 40", "nf4_g64 without decoding+products 3",
        "nf4_g64 without decoding+products 40"), rows.stream().map(row -> row.label() + " " + row.m()).toList());
    assertEquals(2, rows.stream().map(BenchRow::schedule).distinct().count(), "one for each batch");
  }

  @Test
  void withoutValuesTheSameKernelMultipliesZeros() {
    measure("nf4_g64", Optional.empty(), List.of(), List.of(3), List.of("values", "products", "values+decoding"));
    assertEquals(List.of(), problems);
    assertEquals(
        List.of("nf4_g64", "nf4_g64 without values", "nf4_g64 without products", "nf4_g64 without decoding+values"),
        rows.stream().map(BenchRow::label).toList());
    assertEquals(List.of(2.0, (double) ZERO_X_US, 2.0, (double) ZERO_X_US), rows.stream().map(BenchRow::us).toList());
    KernelUnit kernel = ShippedFormats.byName("nf4_g64").orElseThrow().kernels().getFirst();
    assertEquals(kernel.variants().stream().map(KernelVariant::cuda).toList(),
        KernelPart.leaveOut(Set.of(KernelPart.VALUES), kernel).orElseThrow().variants().stream()
            .map(KernelVariant::cuda).toList());
  }

  @Test
  void aFamilyWhosePartsCannotBeToldApartIsNamed() {
    measure("bcq3_g128", Optional.empty(), List.of(), List.of(1), List.of("decoding"));
    assertEquals(List.of(
        "linear_bcq3_g128_f16: not all schedules are of families whose text tells decoding apart; there are []"),
        problems);
    assertEquals(1, rows.size());
  }

  @Test
  void eachPartIsFoundInTheTextsOfDequantizingKernels() {
    for (KernelPart part : List.of(KernelPart.COPIES, KernelPart.DECODING, KernelPart.PRODUCTS)) {
      for (KernelUnit kernel : ShippedFormats.byName("fp6_e3m2_g128").orElseThrow().kernels()) {
        List<KernelVariant> rest = KernelPart.leaveOut(Set.of(part), kernel).orElseThrow().variants();
        assertEquals(kernel.variants().stream().map(KernelVariant::family).toList(),
            rest.stream().map(KernelVariant::family).toList());
        for (int i = 0; i < rest.size(); i++) {
          assertTrue(rest.get(i).cuda().length() < kernel.variants().get(i).cuda().length(),
              part + " " + kernel.entry());
        }
      }
    }
  }

  @Test
  void anUnknownPartIsRefused() {
    assertEquals("a kernel has no part 'stores'; there are: copies, decoding, products, values",
        assertThrows(BadInput.class, () -> KernelPart.parse("copies+stores")).getMessage());
  }
}
