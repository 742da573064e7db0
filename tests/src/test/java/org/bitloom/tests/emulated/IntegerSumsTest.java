package org.bitloom.tests.emulated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bitloom.emulator.Arguments;
import org.bitloom.emulator.Emulator;
import org.bitloom.emulator.KernelModule;
import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.IntegerMmaSchedule;
import org.bitloom.runtime.api.IntegerMmaSpace;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.WeightArguments;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.cpu.IntegerReference;
import org.bitloom.tests.emulated.IntegerLayer.Codes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The integer sums of every kernel of n-bit weights and m-bit activations, n and m from 1 to 8, equal those of Java bit for bit.
 * A kernel that splits k leaves its sums in the workspace, before any scale; they are read there. Results are compared as well:
 * they are one rounding of the exact integer to f32, one product with the scales, one rounding to f16.
 */
class IntegerSumsTest {
  private static final int TOKENS = 11;
  private static final long SEED = 0x736d73;

  private record Case(String weights, String activations, Codes codes, int n, int k) {
    /** Below 8 columns the planes of activations share tiles; each test takes one side. */
    int columns() {
      return k > 1024 ? 2 : (weights + activations).hashCode() % 2 == 0 ? 4 : 8;
    }

    @Override
    public String toString() {
      return weights + " x " + activations + " " + codes + " " + n + " x " + k;
    }
  }

  static Stream<Case> pairs() {
    return IntStream.rangeClosed(1, 8).boxed().flatMap(n -> IntStream.rangeClosed(1, 8).boxed()
        .map(m -> new Case("bipolar " + n, (n + m & 1) == 0 ? "bipolar " + m : "int " + m, Codes.RANDOM, 21, 520)));
  }

  static Stream<Case> otherPairs() {
    List<Case> cases = new ArrayList<>();
    for (int n = 1; n <= 8; n++) {
      for (int m = 1; m <= 8; m++) {
        // The other encoding of activations for each n and m, of weights that lie in codes; bipolar 8 needs bit planes.
        String activations = (n + m & 1) == 0 ? "int " + m : m == 8 ? "bipolar 7" : "bipolar " + m;
        cases.add(new Case(m % 2 == 0 ? "int " + n : "uint " + n, activations, Codes.RANDOM, 21, 300));
      }
    }
    return cases.stream();
  }

  static Stream<Case> extremes() {
    return Stream.of(Codes.LOWEST, Codes.HIGHEST, Codes.OPPOSITE)
        .flatMap(codes -> Stream.of(new Case("bipolar 1", "bipolar 1", codes, 16, 65_536),
            new Case("bipolar 2", "bipolar 2", codes, 16, 65_536),
            new Case("bipolar 8", "bipolar 7", codes, 16, 65_536),
            new Case("bipolar 8", "bipolar 8", codes, 16, 33_024), new Case("int 8", "int 8", codes, 16, 65_536),
            new Case("bipolar 4", "int 8", codes, 16, 65_536)));
  }

  @ParameterizedTest
  @MethodSource({"pairs", "otherPairs", "extremes"})
  void sumsAreThoseOfJavaBitForBit(Case one) {
    IntegerLayer layer = IntegerLayer.of(
        IntegerLayer.declaration(one.weights(), "scale f16 per row", one.activations()), one.n(), one.k(),
        one.k() > 1024 ? 3 : TOKENS, one.codes(), SEED);
    try (Emulator emulator = new Emulator()) {
      for (KernelVariant variant : layer.kernel().variants()) {
        if (variant.space() instanceof IntegerMmaSpace) {
          check(emulator, layer, variant,
              new IntegerMmaSchedule(variant.family(), 1, 2, 1, one.columns(), 1, 2, 2, 1), one.toString());
        }
      }
    }
  }

  @Test
  void bothFamiliesRunBipolarWeights() {
    IntegerLayer layer = IntegerLayer.of(IntegerLayer.declaration("bipolar 8", "scale f16 per row", "bipolar 8"), 16,
        64,
        1, Codes.RANDOM, SEED);
    assertTrue(layer.kernel().variants().stream().map(KernelVariant::family).toList()
        .containsAll(List.of(IntegerMmaSchedule.PLANES, IntegerMmaSchedule.BYTES)));
  }

  private static void check(Emulator emulator, IntegerLayer layer, KernelVariant variant, IntegerMmaSchedule schedule,
      String what) {
    try (Arena arena = Arena.ofConfined()) {
      int n = layer.weights().n();
      int m = layer.x().m();
      ActivationQuantizer quantizer = variant.quantizer().orElseThrow();
      KernelModule module = emulator.load(KernelCompiler.standard()
          .compile(layer.kernel(), schedule, "compute_90a").ptx());
      LaunchShape shape = variant.space().launch(schedule, new Problem(n, layer.weights().k(), m));
      Allocation packed = uploaded(emulator, "weights", layer.packed().bytes());
      Allocation x = uploaded(emulator, "x", layer.quantized(quantizer, arena));
      Allocation y = emulator.memory().allocate("y", 2L * m * n);
      Allocation partial = emulator.memory().allocate("partial", shape.partialBytes());
      Allocation counters = uploaded(emulator, "counters", MemorySegment.ofArray(new int[shape.counters()]));
      WeightArguments w = WeightArguments.of(layer.packed().shape(), packed.base(), 0);
      emulator.launchChecked(module, layer.kernel().entry(),
          new Emulator.Shape(new Grid.Dim(shape.gridX(), shape.gridY(), shape.gridZ()), Grid.Dim.of(shape.threads()),
              shape.smemBytes()),
          new Arguments().add(w.codes()).add(w.scale()).add(0L).add(w.zero()).add(0L).add(0L).add(x.base())
              .add(y.base())
              .add(partial.base()).add(counters.base()).add(n).add(w.k()).add(m),
          new Grid.Range(y.base(), y.bytes()),
          List.of(new Grid.Range(partial.base(), partial.bytes()), new Grid.Range(counters.base(), counters.bytes())));
      long[] products = IntegerReference.products(layer.weights(), layer.x());
      for (int token = 0; token < m; token++) {
        for (int row = 0; row < n; row++) {
          String where = what + ", " + schedule + ", token " + token + ", row " + row;
          assertEquals(operandSum(layer, quantizer, token, row), partialSum(partial, schedule, shape, token, row),
              where);
          long exact = products[token * n + row];
          short want = Float.floatToFloat16((float) exact * (layer.scale(row) * layer.x().scales()[token]));
          assertEquals(want, y.data().getAtIndex(ValueLayout.JAVA_SHORT, (long) token * n + row), where);
        }
      }
      Stream.of(packed, x, y, partial, counters).forEach(emulator.memory()::free);
    }
  }

  private static Allocation uploaded(Emulator emulator, String name, MemorySegment bytes) {
    Allocation allocation = emulator.memory().allocate(name, bytes.byteSize());
    emulator.memory().upload(bytes, allocation.base());
    return allocation;
  }

  /** The sum of products of operands, as kernels wrap it to 32 bits: weights count from code 0 on. */
  private static int operandSum(IntegerLayer layer, ActivationQuantizer quantizer, int token, int row) {
    int k = layer.weights().k();
    // Stored codes of int weights are counted from the lowest number.
    int flip = layer.format().info().declaration().contains("element int")
        ? 1 << (layer.format().info().codeBits() - 1)
        : 0;
    int sum = 0;
    for (int i = 0; i < k; i++) {
      int weight = (layer.weights().codes().get(ValueLayout.JAVA_BYTE, (long) row * k + i) & 0xff) ^ flip;
      sum += weight * layer.x().code().operand(layer.x().codes()[token * k + i] & 0xff, quantizer.form());
    }
    return sum;
  }

  /** What the splits of k left for one result, [tile][split][column][row] of a block. */
  private static int partialSum(Allocation partial, IntegerMmaSchedule schedule, LaunchShape shape, int token,
      int row) {
    int sum = 0;
    long tile = (long) (token / schedule.columns()) * shape.gridX() + row / schedule.rows();
    for (int split = 0; split < shape.gridY(); split++) {
      long element = (tile * shape.gridY() + split) * schedule.columns() * schedule.rows()
          + (long) (token % schedule.columns()) * schedule.rows() + row % schedule.rows();
      sum += partial.data().getAtIndex(ValueLayout.JAVA_INT, element);
    }
    return sum;
  }
}
