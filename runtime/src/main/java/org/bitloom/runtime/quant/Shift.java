package org.bitloom.runtime.quant;

import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.numeric.ParamRounding;

/** How a format moves its values along the axis: by zero points, by offsets, or not at all. */
sealed interface Shift {
  /** The affine map with this scale and these stored bits. */
  Affine affine(double scale, int raw);

  /** The stored bits that put the middle of {@code span} onto the middle of the values. */
  int centre(double scale, Span span, NearestCode values);

  /** The scale that {@code span} needs if the shift may still be chosen. */
  Need free(Span span, NearestCode values);

  /** The plane the stored bits go to. */
  ParamPlane plane();

  /** A zero point: weight = scale * (value - zero). */
  record Zero(ParamPlane plane) implements Shift {
    @Override
    public Affine affine(double scale, int raw) {
      return new Affine(scale, plane.type().value(raw), 0);
    }

    @Override
    public int centre(double scale, Span span, NearestCode values) {
      return ParamRounding.nearest(plane.type(), middle(values) - effective(span).middle() / scale);
    }

    @Override
    public Need free(Span span, NearestCode values) {
      return new Need(effective(span).width(), values.largest() - values.smallest());
    }

    /** An integer zero point lies among the values, so the span reaches to zero. */
    private Span effective(Span span) {
      return plane.type() instanceof ParamType.Int || span.width() == 0 ? span.withZero() : span;
    }
  }

  /** An offset: weight = scale * value + offset. */
  record Offset(ParamPlane plane) implements Shift {
    @Override
    public Affine affine(double scale, int raw) {
      return new Affine(scale, 0, plane.type().value(raw));
    }

    @Override
    public int centre(double scale, Span span, NearestCode values) {
      return ParamRounding.nearest(plane.type(), effective(span).middle() - scale * middle(values));
    }

    @Override
    public Need free(Span span, NearestCode values) {
      return new Need(effective(span).width(), values.largest() - values.smallest());
    }

    private static Span effective(Span span) {
      return span.width() == 0 ? span.withZero() : span;
    }
  }

  private static double middle(NearestCode values) {
    return (values.smallest() + values.largest()) / 2;
  }
}
