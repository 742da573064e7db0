package org.bitloom.tests.emulated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.bitloom.codegen.KernelGenerator;
import org.bitloom.codegen.java.LayoutPacker;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.FormatInfos;
import org.bitloom.codegen.plan.Planner;
import org.bitloom.dsl.Language;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Program;
import org.bitloom.dsl.source.Source;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.QuantizedShape;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.QuantizedTokens;
import org.bitloom.runtime.pack.WeightPacker;

/**
 * Weights times quantized activations whose codes are known, with the buffers that a kernel reads, made bit by bit from the
 * documented layout.
 */
record IntegerLayer(WeightFormat format, KernelUnit kernel, QuantizedWeights weights, PackedWeights packed,
    QuantizedTokens x) {
  private static final float SCALE = 0.0078125f;

  /** Which codes weights and activations have. */
  enum Codes {
    RANDOM, LOWEST, HIGHEST, OPPOSITE
  }

  /** The declaration of weights of {@code element} times activations {@code x}. */
  static String declaration(String element, String planes, String x) {
    return """
        format w { element %s %s }
        kernel linear { y f16 = x %s * w  tile m 8..64, n 16..256, k 64..2048 }
        """.formatted(element, planes, x);
  }

  static IntegerLayer of(String declaration, int n, int k, int m, Codes codes, long seed) {
    WeightFormat format = format(declaration);
    KernelUnit kernel = format.kernels().getFirst();
    SplittableRandom random = new SplittableRandom(seed);
    Arena arena = Arena.ofAuto();
    MemorySegment stored = arena.allocate((long) n * k);
    int last = (1 << format.info().codeBits()) - 1;
    for (long i = 0; i < stored.byteSize(); i++) {
      stored.set(ValueLayout.JAVA_BYTE, i, (byte) (switch (codes) {
        case RANDOM -> random.nextInt(last + 1);
        case LOWEST -> 0;
        case HIGHEST, OPPOSITE -> last;
      }));
    }
    QuantizedWeights weights = new QuantizedWeights(format.info(), n, k, stored, planes(format, n, k, random, arena));
    int lastX = (1 << kernel.code().orElseThrow().bits()) - 1;
    byte[] activations = new byte[m * k];
    for (int i = 0; i < activations.length; i++) {
      activations[i] = (byte) (switch (codes) {
        case RANDOM -> random.nextInt(lastX + 1);
        case LOWEST, OPPOSITE -> 0;
        case HIGHEST -> lastX;
      });
    }
    float[] scales = new float[m];
    for (int token = 0; token < m; token++) {
      scales[token] = (1 + random.nextInt(63)) * SCALE / k;
    }
    return new IntegerLayer(format, kernel, weights, new WeightPacker(format).pack(weights, arena),
        new QuantizedTokens(kernel.code().orElseThrow(), m, k, activations, scales));
  }

  /** The format of a declaration with its kernel; it packs without compiling a packer. */
  private static WeightFormat format(String declaration) {
    Program program = Language.compile(Source.of("layer.bl", declaration)).program();
    FormatSpec spec = program.formats().getFirst();
    WeightLayout layout = WeightLayout.of(spec.codec());
    FormatInfo info = FormatInfos.of(spec, declaration);
    KernelUnit kernel = KernelGenerator.generate(Planner.plan(program.kernels().getFirst(), info)
        .orElseThrow(refusal -> new IllegalArgumentException(refusal.reason())), "layer.bl:2");
    return new WeightFormat(info, layout.info(), new LayoutPacker(spec, layout), List.of(kernel));
  }

  private static List<MemorySegment> planes(WeightFormat format, int n, int k, SplittableRandom random, Arena arena) {
    List<MemorySegment> planes = new ArrayList<>();
    for (ParamPlane plane : format.info().planes()) {
      MemorySegment numbers = arena.allocate(plane.count(n, k) * plane.naturalBytes(), 8);
      for (long i = 0; i < plane.count(n, k); i++) {
        if (plane.role() == ParamPlane.Role.ZERO) {
          numbers.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(1 << format.info().codeBits()));
        } else {
          numbers.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((1 + random.nextInt(63)) * SCALE));
        }
      }
      planes.add(numbers);
    }
    return planes;
  }

  /** The scale of row {@code row}, of a format whose only plane has one for each. */
  float scale(int row) {
    return Float.float16ToFloat(weights.planes().getFirst().getAtIndex(ValueLayout.JAVA_SHORT, row));
  }

  /** The buffer that {@code quantizer} must make of these activations: what it leaves undefined is 0xff. */
  MemorySegment quantized(ActivationQuantizer quantizer, Arena arena) {
    QuantizedShape shape = quantizer.shape(x.m(), x.k());
    MemorySegment buffer = arena.allocate(shape.bytes(), 16).fill((byte) 0xff);
    for (int token = 0; token < x.m(); token++) {
      for (int row = 0; row < shape.rows(); row++) {
        for (int i = 0; i < 128; i++) {
          buffer.set(ValueLayout.JAVA_BYTE, shape.offset(token, row, i), (byte) 0);
        }
      }
      int sum = 0;
      int features = quantizer.form() == OperandForm.PLANES
          ? 1024 * (shape.rows() / x.code().bits())
          : 128 * shape.rows();
      for (int position = 0; position < features; position++) {
        int feature = quantizer.feature(position);
        if (feature < x.k()) {
          int operand = x.code().operand(x.codes()[token * x.k() + feature] & 0xff, quantizer.form());
          sum += operand;
          put(buffer, shape, quantizer.form(), token, position, operand);
        }
      }
      buffer.set(ValueLayout.JAVA_INT, 8L * token, sum);
      buffer.set(ValueLayout.JAVA_FLOAT, 8L * token + 4, x.scales()[token]);
    }
    for (int copy = 1; copy < shape.replicas(); copy++) {
      MemorySegment.copy(buffer, shape.operands(), buffer, shape.operands() + copy * shape.replicaBytes(),
          shape.replicaBytes());
    }
    return buffer;
  }

  private void put(MemorySegment buffer, QuantizedShape shape, OperandForm form, int token, int position, int operand) {
    if (form == OperandForm.BYTES) {
      buffer.set(ValueLayout.JAVA_BYTE, shape.offset(token, position / 128, position % 128), (byte) operand);
      return;
    }
    // Position 16 S + 4 t + j of 128 is bit S of byte j of word t.
    int inBlock = position % 128;
    int byteOfBlock = inBlock % 16;
    for (int plane = 0; plane < x.code().bits(); plane++) {
      long at = shape.offset(token, position / 1024 * x.code().bits() + plane,
          position % 1024 / 128 * 16 + byteOfBlock);
      int bit = (operand >> plane & 1) << (inBlock / 16);
      buffer.set(ValueLayout.JAVA_BYTE, at, (byte) (buffer.get(ValueLayout.JAVA_BYTE, at) | bit));
    }
  }
}
