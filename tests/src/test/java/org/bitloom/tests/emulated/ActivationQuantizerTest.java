package org.bitloom.tests.emulated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.bitloom.codegen.cuda.QuantizerEmitter;
import org.bitloom.emulator.Arguments;
import org.bitloom.emulator.Emulator;
import org.bitloom.emulator.KernelModule;
import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationCode.Encoding;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.QuantizedShape;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.cpu.QuantizedTokens;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Activation quantizers leave, bit for bit, what Java's rounding and the documented layout say. */
class ActivationQuantizerTest {
  private static final long SEED = 0x716e74;

  static Stream<ActivationQuantizer> quantizers() {
    List<ActivationQuantizer> quantizers = new ArrayList<>();
    for (ActivationType type : ActivationType.values()) {
      for (Encoding encoding : Encoding.values()) {
        for (int bits = 1; bits <= 8; bits++) {
          ActivationCode code = new ActivationCode(encoding, bits);
          if (type == ActivationType.F16 || bits % 3 == 1) {
            quantizers.add(QuantizerEmitter.emit(code, OperandForm.PLANES, 64, type));
            quantizers.add(QuantizerEmitter.emit(code, OperandForm.BYTES, bits % 2 == 0 ? 64 : 8, type));
          }
        }
      }
    }
    return quantizers.stream();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("quantizers")
  void leavesWhatJavaSays(ActivationQuantizer quantizer) {
    try (Emulator emulator = new Emulator()) {
      KernelModule module = emulator.load(
          KernelCompiler.standard().compile(KernelCompiler.request(quantizer, "compute_90a")).ptx());
      check(emulator, module, quantizer, 3, 1544);
      check(emulator, module, quantizer, 2, 77);
      if (quantizer.code().bits() % 3 == 1) {
        check(emulator, module, quantizer, 1, 4360); // more than stays in registers
      }
    }
  }

  /** Results are multiplied by the scale, so that none of such a token is finite, and those of other tokens are. */
  @ParameterizedTest
  @EnumSource
  void scalesOfTokensThatAreNotFiniteAreNotFinite(ActivationType type) {
    ActivationQuantizer quantizer = QuantizerEmitter.emit(new ActivationCode(Encoding.INT, 4), OperandForm.BYTES, 8,
        type);
    int k = 4361;
    int[] places = {0, 1, 9, 700, 4096, 4359, 4360};
    int m = 2 * places.length + 1;
    try (Emulator emulator = new Emulator(); Arena arena = Arena.ofConfined()) {
      KernelModule module = emulator.load(
          KernelCompiler.standard().compile(KernelCompiler.request(quantizer, "compute_90a")).ptx());
      MemorySegment x = activations(type, m, k, arena);
      for (int i = 0; i < places.length; i++) {
        x.setAtIndex(ValueLayout.JAVA_SHORT, (long) (2 * i) * k + places[i], Workload.round(type, Double.NaN));
        x.setAtIndex(ValueLayout.JAVA_SHORT, (long) (2 * i + 1) * k + places[i],
            Workload.round(type, Double.NEGATIVE_INFINITY));
      }
      Allocation to = quantize(emulator, module, quantizer, x, m, k);
      for (int token = 0; token < m; token++) {
        float scale = to.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 8L * token + 4);
        String where = "token " + token + ", scale " + scale;
        assertEquals(token % 2 == 0 && token < m - 1, Float.isNaN(scale), where);
        assertEquals(token == m - 1, Float.isFinite(scale), where);
      }
    }
  }

  private static Allocation quantize(Emulator emulator, KernelModule module, ActivationQuantizer quantizer,
      MemorySegment x, int m, int k) {
    Allocation from = emulator.memory().allocate("x", x.byteSize());
    emulator.memory().upload(x, from.base());
    Allocation to = emulator.memory().allocate("quantized", quantizer.shape(m, k).bytes());
    emulator.launch(module, quantizer.entry(), Emulator.Shape.of(m, ActivationQuantizer.THREADS, 0),
        new Arguments().add(from.base()).add(to.base()).add(k).add(m), List.of(new Grid.Range(to.base(), to.bytes())));
    emulator.memory().free(from);
    return to;
  }

  private static void check(Emulator emulator, KernelModule module, ActivationQuantizer quantizer, int m, int k) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = activations(quantizer.x(), m, k, arena);
      QuantizedTokens tokens = QuantizedTokens.of(quantizer.code(), quantizer.x(), x, m, k);
      QuantizedShape shape = quantizer.shape(m, k);
      Allocation to = quantize(emulator, module, quantizer, x, m, k);
      String where = quantizer.entry() + ", " + m + " x " + k;
      MemorySegment want = new IntegerLayer(null, null, null, null, tokens).quantized(quantizer, arena);
      for (int token = 0; token < m; token++) {
        assertEquals(want.get(ValueLayout.JAVA_LONG, 8L * token),
            to.data().get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * token),
            where + ", record of token " + token);
        for (int row = 0; row < shape.rows(); row++) {
          for (int i = 0; i < 128; i++) {
            for (int copy = 0; copy < shape.replicas(); copy++) {
              long at = shape.offset(token, row, i) + copy * shape.replicaBytes();
              assertEquals(want.get(ValueLayout.JAVA_BYTE, at), to.data().get(ValueLayout.JAVA_BYTE, at),
                  where + ", token " + token + ", row " + row + ", byte " + i + ", copy " + copy);
            }
          }
        }
      }
      emulator.memory().free(to);
    }
  }

  /** Random tokens, one with an outlier, and one of zeros. */
  private static MemorySegment activations(ActivationType type, int m, int k, Arena arena) {
    SplittableRandom random = new SplittableRandom(SEED + k);
    MemorySegment x = arena.allocate(2L * m * k, 16);
    for (int i = 0; i < m * k; i++) {
      double value = i / k == 2 ? 0 : i == k + 5 ? -9.5 : random.nextGaussian();
      x.setAtIndex(ValueLayout.JAVA_SHORT, i, Workload.round(type, value));
    }
    return x;
  }
}
