package org.bitloom.runtime.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.numeric.ParamRounding;

/**
 * Fits the parameters of one row after another; parameters of the whole tensor are read from their planes, where
 * {@link MatrixFit} put them. Order within a row: middles, shifts that span several scales, coarse scales, scales with the
 * shifts inside them, codes.
 */
final class RowFit {
  private final FormatPlanes planes;
  private final Optional<Shift> shift;
  private final NearestCode values;
  private final ScaleChoice choice;
  private final WeightMatrix source;
  private final double[] weights;
  private int row;
  private List<Group> groups = List.of();

  /** The columns of one scale. */
  private record Group(int from, int index, List<ShiftBlock> blocks) {
    Need need(NearestCode values) {
      return blocks.stream().map(block -> block.need(values)).reduce(Need.NOTHING, Need::larger);
    }

    double squaredError(double scale, double[] weights, NearestCode values) {
      double sum = 0;
      for (ShiftBlock block : blocks) {
        sum += block.attempt(scale, values).squaredError(weights, block.from(), block.to(), values);
      }
      return sum;
    }

    StoredScale.ZeroWeight zero(NearestCode values) {
      boolean exact = blocks.stream().allMatch(block -> block.zero(values) == StoredScale.ZeroWeight.EXACT);
      return exact ? StoredScale.ZeroWeight.EXACT : StoredScale.ZeroWeight.NONE;
    }
  }

  RowFit(FormatPlanes planes, NearestCode values, ScaleChoice choice, WeightMatrix source) {
    this.planes = planes;
    this.values = values;
    this.choice = choice;
    this.source = source;
    this.weights = new double[source.k()];
    this.shift = shift(planes);
  }

  static Optional<Shift> shift(FormatPlanes planes) {
    return planes.zero().<Shift>map(plane -> new Shift.Zero(plane.plane()))
        .or(() -> planes.offset().map(plane -> new Shift.Offset(plane.plane())));
  }

  /** Reads a row and settles what does not depend on its scales. */
  private void load(int nextRow) {
    row = nextRow;
    source.finiteRow(row, weights);
    planes.middles().ifPresent(this::subtractMiddles);
    if (planes.shiftBeforeScale()) {
      planes.shift().filter(plane -> !FormatPlanes.perTensor(plane)).ifPresent(this::settleWideShifts);
    }
    groups = groups();
  }

  /** The extent of a row as it was given. */
  Span sourceSpan(int nextRow) {
    source.finiteRow(nextRow, weights);
    return Span.of(weights, 0, weights.length);
  }

  /** The extent of a row less its middles. */
  Span loadSpan(int nextRow) {
    row = nextRow;
    source.finiteRow(row, weights);
    planes.middles().ifPresent(this::subtractMiddles);
    return Span.of(weights, 0, weights.length);
  }

  /** What the widest group of the row asks of its scale. */
  Need largestNeed(int nextRow) {
    load(nextRow);
    return groups.stream().map(group -> group.need(values)).reduce(Need.NOTHING, Need::larger);
  }

  /** The squared error of the row if all its groups had this scale. */
  double squaredError(int nextRow, double scale) {
    load(nextRow);
    double sum = 0;
    for (Group group : groups) {
      sum += group.squaredError(scale, weights, values);
    }
    return sum;
  }

  /** Whether all groups of the row hold the weight 0 under any scale. */
  boolean holdsZero(int nextRow) {
    load(nextRow);
    return groups.stream().allMatch(group -> group.zero(values) == StoredScale.ZeroWeight.EXACT);
  }

  /** Fits and stores the parameters of a row, and gives its codes. */
  void quantize(int nextRow, byte[] codes) {
    load(nextRow);
    planes.coarse().filter(plane -> !FormatPlanes.perTensor(plane)).ifPresent(this::settleCoarse);
    for (Group group : groups) {
      double scale = scale(group);
      for (ShiftBlock block : group.blocks()) {
        block.settle(scale, weights, values, choice).encode(weights, block.from(), block.to(), values, codes);
      }
    }
  }

  private void subtractMiddles(NaturalPlane middles) {
    int length = FormatPlanes.groupLength(middles, weights.length);
    for (int from = 0, group = 0; from < weights.length; from += length, group++) {
      int to = Math.min(weights.length, from + length);
      if (!FormatPlanes.perTensor(middles)) {
        middles.setRaw(row, group,
            ParamRounding.nearest(middles.plane().type(), Span.of(weights, from, to).middle()));
      }
      double middle = middles.value(row, group);
      for (int i = from; i < to; i++) {
        weights[i] -= middle;
      }
    }
  }

  private void settleWideShifts(NaturalPlane plane) {
    int length = FormatPlanes.groupLength(plane, weights.length);
    for (int from = 0, group = 0; from < weights.length; from += length, group++) {
      Span span = Span.of(weights, from, Math.min(weights.length, from + length));
      plane.setRaw(row, group, wideShift(shift.orElseThrow(), span, values));
    }
  }

  /** The shift of a span whose scales are not yet known: as if it had one scale, unrounded. */
  static int wideShift(Shift shift, Span span, NearestCode values) {
    double scale = shift.free(span, values).scale();
    return shift.centre(scale > 0 ? scale : 1, span, values);
  }

  private List<Group> groups() {
    int length = FormatPlanes.groupLength(planes.scale(), weights.length);
    List<Group> found = new ArrayList<>();
    for (int from = 0; from < weights.length; from += length) {
      int to = Math.min(weights.length, from + length);
      found.add(new Group(from, found.size(), blocks(from, to)));
    }
    return found;
  }

  private List<ShiftBlock> blocks(int from, int to) {
    if (shift.isEmpty()) {
      return List.of(new ShiftBlock.Fixed(from, to, Span.of(weights, from, to), Affine.scale(1)));
    }
    NaturalPlane plane = planes.shift().orElseThrow();
    if (FormatPlanes.perTensor(plane) || planes.shiftBeforeScale()) {
      Affine settled = shift.get().affine(1, plane.raw(row, plane.group(from)));
      return List.of(new ShiftBlock.Fixed(from, to, Span.of(weights, from, to), settled));
    }
    int length = FormatPlanes.groupLength(plane, weights.length);
    List<ShiftBlock> blocks = new ArrayList<>();
    for (int first = from; first < to; first += length) {
      int end = Math.min(to, first + length);
      blocks.add(new ShiftBlock.Free(first, end, Span.of(weights, first, end), shift.get(), plane, row,
          plane.group(first)));
    }
    return blocks;
  }

  private void settleCoarse(NaturalPlane coarse) {
    ParamType.Float type = (ParamType.Float) coarse.plane().type();
    double[] largest = new double[coarse.groups()];
    for (Group group : groups) {
      int index = coarse.group(group.from());
      largest[index] = Math.max(largest[index], group.need(values).scale());
    }
    for (int index = 0; index < largest.length; index++) {
      coarse.setRaw(row, index, coarse(type, largest[index], (ParamType.Float) planes.scale().plane().type()));
    }
  }

  /** The stored bits of the scale above scales that need up to {@code largest}. */
  static int coarse(ParamType.Float type, double largest, ParamType.Float fine) {
    StoredScale stored = new StoredScale(type, 1);
    return largest > 0 ? stored.covering(largest / StoredScale.reach(fine)) : stored.nearest(1);
  }

  private double scale(Group group) {
    NaturalPlane plane = planes.scale();
    StoredScale stored = new StoredScale((ParamType.Float) plane.plane().type(),
        planes.coarse().map(coarse -> FormatPlanes.value(coarse, row, group.from())).orElse(1.0));
    if (!FormatPlanes.perTensor(plane)) {
      Need need = group.need(values);
      int raw = need.weights() > 0
          ? choice.scale(stored, need, scale -> group.squaredError(scale, weights, values))
          : stored.forZeros(group.zero(values));
      plane.setRaw(row, group.index(), raw);
    }
    return stored.value(plane.raw(row, group.index()));
  }
}
