package org.bitloom.tests.emulated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bitloom.emulator.Arguments;
import org.bitloom.emulator.Emulator;
import org.bitloom.emulator.KernelModule;
import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.IntegerWgmmaSchedule;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.WeightArguments;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.cpu.IntegerReference;
import org.bitloom.tests.emulated.IntegerLayer.Codes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Warpgroup kernels of n-bit weights and m-bit activations give what Java gives, bit for bit: one rounding of the exact integer
 * to f32, one product with the scales, one rounding to f16. Shapes fill no tile, blocks run several tiles.
 */
class WarpgroupSumsTest {
  private static final long SEED = 0x776767;

  private record Case(String weights, String activations, Codes codes, int n, int k, int m) {
    @Override
    public String toString() {
      return weights + " x " + activations + " " + codes + " " + n + " x " + k + ", batch " + m;
    }
  }

  /** Every width of weights and of activations once, of the encodings in turn; kernels of all pairs differ in numbers only. */
  static Stream<Case> widths() {
    return IntStream.rangeClosed(1, 8).boxed().map(n -> {
      int m = 1 + (5 * n + 2) % 8;
      return new Case("bipolar " + n, n % 3 == 0 ? "int " + m : "bipolar " + m, Codes.RANDOM, 91, 1300, 19);
    });
  }

  static Stream<Case> codes() {
    return Stream.of(new Case("int 4", "int 8", Codes.RANDOM, 91, 1000, 19),
        new Case("uint 3", "bipolar 4", Codes.RANDOM, 40, 300, 33),
        new Case("int 8", "int 8", Codes.RANDOM, 16, 70, 7));
  }

  static Stream<Case> extremes() {
    return Stream.of(new Case("bipolar 2", "bipolar 2", Codes.HIGHEST, 16, 65_536, 3),
        new Case("bipolar 8", "bipolar 7", Codes.OPPOSITE, 16, 65_536, 3),
        new Case("bipolar 8", "bipolar 8", Codes.LOWEST, 16, 33_024, 3));
  }

  @ParameterizedTest
  @MethodSource({"widths", "codes", "extremes"})
  void resultsAreThoseOfJavaBitForBit(Case one) {
    IntegerLayer layer = IntegerLayer.of(
        IntegerLayer.declaration(one.weights(), "scale f16 per row", one.activations()), one.n(), one.k(), one.m(),
        one.codes(), SEED);
    List<KernelVariant> variants = layer.kernel().variants().stream().filter(WarpgroupSumsTest::isOfWarpgroups)
        .toList();
    assertEquals(one.weights().startsWith("bipolar") ? 2 : 1, variants.size());
    try (Emulator emulator = new Emulator()) {
      for (KernelVariant variant : variants) {
        IntegerWgmmaSchedule schedule = variant.family().equals(IntegerWgmmaSchedule.PLANES)
            ? new IntegerWgmmaSchedule(variant.family(), 1, 16, 3, 1, 1, 2)
            : new IntegerWgmmaSchedule(variant.family(), 2, 32, 2, 2, 1, 1);
        check(emulator, layer, variant, schedule, one.toString());
      }
    }
  }

  /** Tiles of 256 columns, whose halves are staggered: several tiles a block, one and several stages of k, all levels of planes. */
  static Stream<Case> wide() {
    return Stream.of(new Case("bipolar 1", "bipolar 1", Codes.RANDOM, 140, 2100, 300),
        new Case("bipolar 1", "bipolar 1", Codes.RANDOM, 33, 300, 270),
        new Case("bipolar 2", "int 2", Codes.RANDOM, 91, 1100, 265),
        new Case("bipolar 2", "bipolar 3", Codes.HIGHEST, 40, 500, 290));
  }

  /** Four tiles for three blocks: each takes one, and two of them half of the last. */
  @ParameterizedTest
  @CsvSource({"bipolar 1, bipolar 1, 2100", "bipolar 2, bipolar 2, 1100"})
  void theLastTileIsHalved(String weights, String activations, int k) {
    IntegerLayer layer = IntegerLayer.of(IntegerLayer.declaration(weights, "scale f16 per row", activations), 140, k,
        420,
        Codes.RANDOM, SEED);
    KernelVariant variant = layer.kernel().variants().stream()
        .filter(v -> v.family().equals(IntegerWgmmaSchedule.PLANES)).findFirst().orElseThrow();
    try (Emulator emulator = new Emulator()) {
      check(emulator, layer, variant, new IntegerWgmmaSchedule(variant.family(), 2, 256, 2, 1, 1, 3), weights);
    }
  }

  @ParameterizedTest
  @MethodSource("wide")
  void staggeredHalvesOfTilesGiveTheSame(Case one) {
    IntegerLayer layer = IntegerLayer.of(
        IntegerLayer.declaration(one.weights(), "scale f16 per row", one.activations()), one.n(), one.k(), one.m(),
        one.codes(), SEED);
    KernelVariant variant = layer.kernel().variants().stream()
        .filter(v -> v.family().equals(IntegerWgmmaSchedule.PLANES)).findFirst().orElseThrow();
    try (Emulator emulator = new Emulator()) {
      check(emulator, layer, variant, new IntegerWgmmaSchedule(variant.family(), 2, 256, 2, 1, 1, 1), one.toString());
    }
  }

  private static boolean isOfWarpgroups(KernelVariant variant) {
    return variant.family().equals(IntegerWgmmaSchedule.PLANES) || variant.family().equals(IntegerWgmmaSchedule.BYTES);
  }

  @Test
  void onlyHopperRunsThem() {
    IntegerLayer layer = IntegerLayer.of(IntegerLayer.declaration("bipolar 2", "scale f16 per row", "bipolar 2"), 64,
        1024,
        64, Codes.RANDOM, SEED);
    DeviceLimits ampere = new DeviceLimits(80, 108, 163 << 10, 164 << 10, 40L << 20);
    Problem problem = new Problem(4096, 4096, 64);
    for (KernelVariant variant : layer.kernel().variants()) {
      if (isOfWarpgroups(variant)) {
        assertTrue(variant.space().candidates(problem, ampere).isEmpty());
        List<Schedule> candidates = variant.space().candidates(problem, DeviceLimits.H100);
        assertTrue(!candidates.isEmpty());
        for (Schedule schedule : candidates) {
          assertEquals(schedule, Schedule.parse(schedule.toString()));
        }
      }
    }
  }

  private static void check(Emulator emulator, IntegerLayer layer, KernelVariant variant, IntegerWgmmaSchedule schedule,
      String what) {
    try (Arena arena = Arena.ofConfined()) {
      int n = layer.weights().n();
      int m = layer.x().m();
      KernelModule module = emulator.load(KernelCompiler.standard()
          .compile(layer.kernel(), schedule, "compute_90a").ptx());
      LaunchShape shape = variant.space().launch(schedule, new Problem(n, layer.weights().k(), m));
      Allocation packed = uploaded(emulator, "weights", layer.packed().bytes());
      Allocation x = uploaded(emulator, "x", layer.quantized(variant.quantizer().orElseThrow(), arena));
      Allocation y = emulator.memory().allocate("y", 2L * m * n);
      WeightArguments w = WeightArguments.of(layer.packed().shape(), packed.base(), 0);
      emulator.launchChecked(module, layer.kernel().entry(),
          Emulator.Shape.of(shape.gridX(), shape.threads(), shape.smemBytes()),
          new Arguments().add(w.codes()).add(w.scale()).add(0L).add(w.zero()).add(0L).add(0L).add(x.base())
              .add(y.base())
              .add(0L).add(0L).add(n).add(w.k()).add(m),
          new Grid.Range(y.base(), y.bytes()), List.of());
      long[] products = IntegerReference.products(layer.weights(), layer.x());
      for (int token = 0; token < m; token++) {
        for (int row = 0; row < n; row++) {
          short want = Float.floatToFloat16(
              (float) products[token * n + row] * (layer.scale(row) * layer.x().scales()[token]));
          int at = token * n + row;
          assertEquals(want, y.data().getAtIndex(ValueLayout.JAVA_SHORT, at),
              () -> what + ", " + schedule + ", token " + at / n + ", row " + at % n);
        }
      }
      Stream.of(packed, x, y).forEach(emulator.memory()::free);
    }
  }

  private static Allocation uploaded(Emulator emulator, String name, MemorySegment bytes) {
    Allocation allocation = emulator.memory().allocate(name, bytes.byteSize());
    emulator.memory().upload(bytes, allocation.base());
    return allocation;
  }
}
