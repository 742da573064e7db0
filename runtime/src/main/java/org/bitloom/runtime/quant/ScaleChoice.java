package org.bitloom.runtime.quant;

import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.ElementInfo;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignPlanes;

/** How the stored scale and shift of a group are picked from what could be stored. */
sealed interface ScaleChoice {
  /**
   * The stored bits of a scale.
   *
   * @param error sum of squared errors of the group under a scale
   */
  int scale(StoredScale stored, Need need, DoubleUnaryOperator error);

  /**
   * The stored bits of a zero point or offset.
   *
   * @param centre what centres the group's weights
   * @param error sum of squared errors of the group under other stored bits
   */
  int shift(ParamType type, int centre, IntToDoubleFunction error);

  /** No clipping, no search. */
  record Unclipped() implements ScaleChoice {
    @Override
    public int scale(StoredScale stored, Need need, DoubleUnaryOperator error) {
      return stored.unclipped(need);
    }

    @Override
    public int shift(ParamType type, int centre, IntToDoubleFunction error) {
      return centre;
    }
  }

  /**
   * The least squared error found, starting from {@link Unclipped}'s choice and kept unless strictly better.
   *
   * @param firstStep number of the first clip factor, 0 or less
   */
  record LeastSquares(int firstStep) implements ScaleChoice {
    /**
     * Clip factors are 2^(-i/8). Errors of float formats repeat with every octave, so the search ends an octave past the
     * best, and begins an octave above the scale that reaches the extremes, for another value than the largest may suit them
     * better (4 of e2m1 instead of 6, say). Values that are equally far apart suit all weights alike.
     */
    private static final int STEPS_PER_OCTAVE = 8;
    private static final int OF_EQUAL_GAPS = -2;
    private static final int OF_OTHERS = -STEPS_PER_OCTAVE;
    private static final int LAST_STEP = 20;
    private static final int REFINEMENTS = 4;
    private static final int EXPONENT_REACH = 2;

    /** The search for codes of equal gaps. */
    static LeastSquares uniform() {
      return new LeastSquares(OF_EQUAL_GAPS);
    }

    /** The search for codes of these values. */
    static LeastSquares of(ElementInfo element) {
      return switch (element) {
        case DecodeTable table when !table.isUniform() -> new LeastSquares(OF_OTHERS);
        case DecodeTable _,SignPlanes _ -> uniform();
      };
    }

    @Override
    public int scale(StoredScale stored, Need need, DoubleUnaryOperator error) {
      Search search = new Search(stored, error, stored.unclipped(need));
      if (stored.type() == ParamType.Float.E8M0) {
        int start = search.raw;
        for (int raw = Math.max(0, start - EXPONENT_REACH); raw <= Math.min(254, start + EXPONENT_REACH); raw++) {
          search.attempt(raw);
        }
        return search.raw;
      }
      double bestStep = 0;
      for (int step = firstStep; step <= LAST_STEP && step <= bestStep + STEPS_PER_OCTAVE; step++) {
        bestStep = search.attempt(factor(need, step, stored)) ? step : bestStep;
      }
      for (double width = 0.5; width >= Math.scalb(1.0, -REFINEMENTS); width /= 2) {
        double centre = bestStep;
        bestStep = search.attempt(factor(need, centre - width, stored)) ? centre - width : bestStep;
        bestStep = search.attempt(factor(need, centre + width, stored)) ? centre + width : bestStep;
      }
      return search.raw;
    }

    private static int factor(Need need, double step, StoredScale stored) {
      return stored.nearest(need.scale() * Math.pow(2, -step / STEPS_PER_OCTAVE));
    }

    @Override
    public int shift(ParamType type, int centre, IntToDoubleFunction error) {
      if (!(type instanceof ParamType.Int(int bits, ParamType.Int.Sign _))) {
        return centre;
      }
      int mask = (1 << bits) - 1;
      int best = centre;
      double bestError = error.applyAsDouble(centre);
      for (int neighbour : new int[]{centre - 1 & mask, centre + 1 & mask}) {
        double candidate = error.applyAsDouble(neighbour);
        if (candidate < bestError) {
          best = neighbour;
          bestError = candidate;
        }
      }
      return best;
    }

    /** The best scale so far. */
    private static final class Search {
      private final StoredScale stored;
      private final DoubleUnaryOperator error;
      private int raw;
      private int last;
      private double least;

      Search(StoredScale stored, DoubleUnaryOperator error, int start) {
        this.stored = stored;
        this.error = error;
        this.raw = start;
        this.last = start;
        this.least = error.applyAsDouble(stored.value(start));
      }

      /** Whether {@code candidate} is better than all before it. */
      boolean attempt(int candidate) {
        if (candidate == raw || candidate == last || least == 0) {
          return false;
        }
        last = candidate;
        double found = error.applyAsDouble(stored.value(candidate));
        if (found < least) {
          raw = candidate;
          least = found;
          return true;
        }
        return false;
      }
    }
  }
}
