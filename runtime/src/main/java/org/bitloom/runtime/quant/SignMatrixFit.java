package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.numeric.ParamRounding;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Fits one matrix of binary-coded weights, rows in parallel. Offsets that serve other weights than scales do are settled
 * first, as means of what they serve; else both are fitted together.
 */
final class SignMatrixFit {
  private static final long ALIGNMENT = 64;
  private static final int WEIGHTS_PER_RANGE = 1 << 14;

  private final WeightMatrix weights;
  private final ParallelRows parallel;
  private final Function<SignGroup.Types, GroupQuantizer> quantizer;
  private final QuantizedWeights result;
  private final SignScales planes;
  private final SignGroup.Types types;

  /** Codes the weights of one group; one for each thread. */
  @FunctionalInterface
  interface GroupQuantizer {
    SignFit.Coding code(double[] weights);
  }

  /** A coded matrix and the sum of its squared errors. */
  record Fitted(QuantizedWeights weights, double squaredError) {
  }

  SignMatrixFit(FormatInfo format, WeightMatrix weights, ParallelRows parallel, Arena arena,
      Function<SignGroup.Types, GroupQuantizer> quantizer) {
    requireSigns(format);
    this.weights = weights;
    this.parallel = parallel;
    this.quantizer = quantizer;
    this.result = new QuantizedWeights(format, weights.n(), weights.k(),
        arena.allocate((long) weights.n() * weights.k(), ALIGNMENT),
        format.planes().stream().map(plane -> allocate(plane, weights, arena)).toList());
    this.planes = SignScales.of(result);
    this.types = new SignGroup.Types(planes.count(), floatType(format, planes.scales().getFirst().plane().type()),
        planes.offset().filter(_ -> planes.offsetInStep()).map(plane -> plane.plane().type()));
  }

  private static void requireSigns(FormatInfo format) {
    switch (format.element()) {
      case SignPlanes _ -> {
      }
      case DecodeTable _ -> throw new QuantizationException(
          format.name() + " is not binary-coded: its scales are found by the absmax or the clip quantizer");
    }
    if (format.planes().getFirst().grouping() instanceof Grouping.Tensor) {
      throw new QuantizationException(format.name() + ": scales of signs serve a row or a group, not the whole tensor");
    }
  }

  private static ParamType.Float floatType(FormatInfo format, ParamType type) {
    if (type instanceof ParamType.Float scale) {
      return scale;
    }
    throw new QuantizationException(format.name() + " has integer scales; scales are floats");
  }

  private static MemorySegment allocate(ParamPlane plane, WeightMatrix weights, Arena arena) {
    return arena.allocate(NaturalPlane.bytes(plane, weights.n(), weights.k()), ALIGNMENT);
  }

  Fitted fit() {
    planes.offset().filter(FormatPlanes::perTensor).ifPresent(this::settleTensor);
    double[] errors = new double[weights.n()];
    parallel.forEach(weights.n(), Math.ceilDiv(WEIGHTS_PER_RANGE, weights.k()), (first, end) -> {
      GroupQuantizer group = quantizer.apply(types);
      double[] row = new double[weights.k()];
      for (int i = first; i < end; i++) {
        weights.finiteRow(i, row);
        errors[i] = quantizeRow(group, i, row);
      }
    });
    return new Fitted(result, Arrays.stream(errors).sum());
  }

  private void settleTensor(NaturalPlane offset) {
    double[] means = new double[weights.n()];
    parallel.forEach(weights.n(), Math.ceilDiv(WEIGHTS_PER_RANGE, weights.k()), (first, end) -> {
      double[] row = new double[weights.k()];
      for (int i = first; i < end; i++) {
        weights.finiteRow(i, row);
        means[i] = Arrays.stream(row).sum() / row.length;
      }
    });
    offset.setRaw(0, 0, ParamRounding.nearest(offset.plane().type(), Arrays.stream(means).sum() / means.length));
  }

  private double quantizeRow(GroupQuantizer quantizer, int row, double[] numbers) {
    Optional<NaturalPlane> separate = planes.offset().filter(_ -> !planes.offsetInStep());
    separate.ifPresent(offset -> subtract(offset, row, numbers));
    int length = planes.groupLength(numbers.length);
    double error = 0;
    for (int from = 0; from < numbers.length; from += length) {
      SignFit.Coding coding = quantizer
          .code(Arrays.copyOfRange(numbers, from, Math.min(numbers.length, from + length)));
      error += coding.squaredError();
      store(row, from / length, coding.group());
      MemorySegment.copy(coding.codes(), 0, result.codes(), ValueLayout.JAVA_BYTE, (long) row * numbers.length + from,
          coding.codes().length);
    }
    return error;
  }

  private void store(int row, int index, SignGroup group) {
    for (int plane = 0; plane < planes.count(); plane++) {
      planes.scales().get(plane).setRaw(row, index, group.scaleBits()[plane]);
    }
    if (planes.offsetInStep()) {
      planes.offset().orElseThrow().setRaw(row, index, group.offsetBits());
    }
  }

  /** Settles the offsets of a row, unless one serves the whole tensor, and takes them off its weights. */
  private static void subtract(NaturalPlane offset, int row, double[] numbers) {
    int length = FormatPlanes.groupLength(offset, numbers.length);
    for (int from = 0; from < numbers.length; from += length) {
      int to = Math.min(numbers.length, from + length);
      if (!FormatPlanes.perTensor(offset)) {
        double mean = Arrays.stream(numbers, from, to).sum() / (to - from);
        offset.setRaw(row, offset.group(from), ParamRounding.nearest(offset.plane().type(), mean));
      }
      double settled = FormatPlanes.value(offset, row, from);
      for (int i = from; i < to; i++) {
        numbers[i] -= settled;
      }
    }
  }
}
