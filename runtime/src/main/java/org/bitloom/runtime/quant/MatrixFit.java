package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.numeric.ParamRounding;
import org.bitloom.runtime.parallel.ParallelRows;

/** Fits one matrix: first the parameters of the whole tensor, by passes over all rows, then each row by itself. */
final class MatrixFit {
  private static final long ALIGNMENT = 64;
  private static final int WEIGHTS_PER_RANGE = 1 << 16;

  private final WeightMatrix weights;
  private final ScaleChoice choice;
  private final ParallelRows parallel;
  private final NearestCode values;
  private final QuantizedWeights result;
  private final FormatPlanes planes;

  /** Something of one row. */
  @FunctionalInterface
  private interface RowMeasure<T> {
    T of(RowFit fit, int row);
  }

  MatrixFit(FormatInfo format, WeightMatrix weights, ScaleChoice choice, ParallelRows parallel, Arena arena) {
    this.weights = weights;
    this.choice = choice;
    this.parallel = parallel;
    this.values = new NearestCode(table(format));
    this.result = new QuantizedWeights(format, weights.n(), weights.k(),
        arena.allocate((long) weights.n() * weights.k(), ALIGNMENT),
        format.planes().stream().map(plane -> allocate(plane, weights, arena)).toList());
    this.planes = FormatPlanes.of(result);
    planes.requireNesting(format.name());
  }

  private static DecodeTable table(FormatInfo format) {
    return switch (format.element()) {
      case DecodeTable table -> table;
      case SignPlanes _ -> throw new QuantizationException(format.name()
          + " is binary-coded: its scales are found by the greedy or the alternating quantizer");
    };
  }

  private static MemorySegment allocate(ParamPlane plane, WeightMatrix weights, Arena arena) {
    return arena.allocate(NaturalPlane.bytes(plane, weights.n(), weights.k()), ALIGNMENT);
  }

  QuantizedWeights quantize() {
    tensor(planes.middles()).ifPresent(plane -> {
      Span span = reduceSpan(RowFit::sourceSpan);
      plane.setRaw(0, 0, ParamRounding.nearest(plane.plane().type(), span.middle()));
    });
    Optional<Span> span = tensor(planes.shift()).map(plane -> {
      Span all = reduceSpan(RowFit::loadSpan);
      plane.setRaw(0, 0, RowFit.wideShift(shift(), all, values));
      return all;
    });
    tensor(planes.coarse()).ifPresent(plane -> plane.setRaw(0, 0,
        RowFit.coarse(type(plane), largestNeed(span).scale(), type(planes.scale()))));
    tensor(Optional.of(planes.scale())).ifPresent(plane -> settleScale(plane, span));
    parallel.forEach(weights.n(), grain(), this::quantizeRows);
    return result;
  }

  private void quantizeRows(int first, int end) {
    RowFit fit = newRowFit();
    byte[] codes = new byte[weights.k()];
    for (int row = first; row < end; row++) {
      fit.quantize(row, codes);
      MemorySegment.copy(codes, 0, result.codes(), ValueLayout.JAVA_BYTE, (long) row * weights.k(), codes.length);
    }
  }

  /** One scale for all: with a shift for all too, both follow from the span of all weights. */
  private void settleScale(NaturalPlane plane, Optional<Span> span) {
    StoredScale stored = new StoredScale(type(plane), planes.coarse().map(coarse -> coarse.value(0, 0)).orElse(1.0));
    Need need = largestNeed(span);
    if (need.weights() > 0) {
      plane.setRaw(0, 0, choice.scale(stored, need, scale -> {
        span.ifPresent(all -> settleShift(scale, all));
        return Arrays.stream(perRow((fit, row) -> fit.squaredError(row, scale), Double[]::new)).mapToDouble(e -> e)
            .sum();
      }));
    } else {
      boolean exact = Arrays.stream(perRow(RowFit::holdsZero, Boolean[]::new)).allMatch(holds -> holds);
      plane.setRaw(0, 0,
          stored.forZeros(exact ? StoredScale.ZeroWeight.EXACT : StoredScale.ZeroWeight.NONE));
    }
    span.ifPresent(all -> settleShift(stored.value(plane.raw(0, 0)), all));
  }

  private void settleShift(double scale, Span span) {
    planes.shift().orElseThrow().setRaw(0, 0, shift().centre(scale, span, values));
  }

  /** With scale and shift for the whole tensor the shift is still free; else it is settled or lies inside the rows. */
  private Need largestNeed(Optional<Span> span) {
    if (span.isPresent() && FormatPlanes.perTensor(planes.scale())) {
      return shift().free(span.get(), values);
    }
    return Arrays.stream(perRow(RowFit::largestNeed, Need[]::new)).reduce(Need.NOTHING, Need::larger);
  }

  /** A result for each row, computed in parallel, to be reduced in row order. */
  private <T> T[] perRow(RowMeasure<T> measure, IntFunction<T[]> array) {
    T[] results = array.apply(weights.n());
    parallel.forEach(weights.n(), grain(), (first, end) -> {
      RowFit fit = newRowFit();
      for (int row = first; row < end; row++) {
        results[row] = measure.of(fit, row);
      }
    });
    return results;
  }

  private Span reduceSpan(RowMeasure<Span> measure) {
    return Arrays.stream(perRow(measure, Span[]::new)).reduce(Span::union).orElseThrow();
  }

  private int grain() {
    return Math.ceilDiv(WEIGHTS_PER_RANGE, weights.k());
  }

  private RowFit newRowFit() {
    return new RowFit(planes, values, choice, weights);
  }

  private Shift shift() {
    return RowFit.shift(planes).orElseThrow();
  }

  private static ParamType.Float type(NaturalPlane scale) {
    return (ParamType.Float) scale.plane().type();
  }

  private static Optional<NaturalPlane> tensor(Optional<NaturalPlane> plane) {
    return plane.filter(FormatPlanes::perTensor);
  }
}
