package org.bitloom.runtime.quant;

import org.bitloom.runtime.numeric.NaturalPlane;

/** The columns [from, to) of one row that share a scale and a shift. */
sealed interface ShiftBlock {
  int from();

  int to();

  /** What this block asks of its scale. */
  Need need(NearestCode values);

  /** The map this block takes under a scale that is only tried. */
  Affine attempt(double scale, NearestCode values);

  /** The map this block takes under its final scale; stores a shift that was still free. */
  Affine settle(double scale, double[] weights, NearestCode values, ScaleChoice choice);

  /** Whether this block can hold the weight 0 exactly under any scale. */
  StoredScale.ZeroWeight zero(NearestCode values);

  /** No shift, or one that is settled. */
  record Fixed(int from, int to, Span span, Affine shift) implements ShiftBlock {
    @Override
    public Need need(NearestCode values) {
      return shift.need(span, values);
    }

    @Override
    public Affine attempt(double scale, NearestCode values) {
      return shift.withScale(scale);
    }

    @Override
    public Affine settle(double scale, double[] weights, NearestCode values, ScaleChoice choice) {
      return shift.withScale(scale);
    }

    @Override
    public StoredScale.ZeroWeight zero(NearestCode values) {
      boolean exact = shift.offset() == 0 && values.value(values.nearest(shift.zero())) == shift.zero();
      return exact ? StoredScale.ZeroWeight.EXACT : StoredScale.ZeroWeight.NONE;
    }
  }

  /** A shift that is chosen after the scale. */
  record Free(int from, int to, Span span, Shift shift, NaturalPlane plane, int row, int group) implements ShiftBlock {
    @Override
    public Need need(NearestCode values) {
      return shift.free(span, values);
    }

    @Override
    public Affine attempt(double scale, NearestCode values) {
      return shift.affine(scale, shift.centre(scale, span, values));
    }

    @Override
    public Affine settle(double scale, double[] weights, NearestCode values, ScaleChoice choice) {
      int raw = choice.shift(plane.plane().type(), shift.centre(scale, span, values),
          other -> shift.affine(scale, other).squaredError(weights, from, to, values));
      plane.setRaw(row, group, raw);
      return shift.affine(scale, raw);
    }

    @Override
    public StoredScale.ZeroWeight zero(NearestCode values) {
      Affine one = attempt(1, values);
      boolean exact = one.offset() == 0 && values.value(values.nearest(one.zero())) == one.zero();
      return exact ? StoredScale.ZeroWeight.EXACT : StoredScale.ZeroWeight.NONE;
    }
  }
}
