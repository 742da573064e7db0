package org.bitloom.runtime.quant;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.numeric.ParamRounding;

/**
 * Scales and offset of one group of binary-coded weights: what they are stored as, and the numbers that this stands for.
 * Scales are not negative and fall from plane to plane.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; nobody writes to the numbers
record SignGroup(int[] scaleBits, double[] scales, int offsetBits, double offset) {

  /** The types that the numbers of a group are stored in; without an offset type the offset is 0. */
  record Types(int planes, ParamType.Float scale, Optional<ParamType> offset) {
    int scaleBits(double value) {
      return ParamRounding.nearest(scale, value);
    }

    int offsetBits(double value) {
      return offset.map(type -> ParamRounding.nearest(type, value)).orElse(0);
    }

    double offset(int bits) {
      return offset.map(type -> type.value(bits)).orElse(0.0);
    }
  }

  /** The group nearest to {@code scales}, whose signs do not count, and {@code offset}. */
  static SignGroup nearest(Types types, double[] scales, double offset) {
    double[] rising = new double[scales.length];
    for (int i = 0; i < rising.length; i++) {
      rising[i] = Math.abs(scales[i]);
    }
    Arrays.sort(rising);
    int[] bits = new int[rising.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = types.scaleBits(rising[bits.length - 1 - i]);
    }
    return of(types, bits, types.offsetBits(offset));
  }

  /** A group of stored numbers whose scales fall. */
  static SignGroup of(Types types, int[] scaleBits, int offsetBits) {
    double[] scales = new double[scaleBits.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = types.scale().value(scaleBits[i]);
    }
    return new SignGroup(scaleBits, scales, offsetBits, types.offset(offsetBits));
  }

  /** The planes by falling scale, equal ones in their order. */
  static int[] order(double[] scales) {
    return IntStream.range(0, scales.length).boxed().sorted(Comparator.comparingDouble((Integer i) -> -scales[i]))
        .mapToInt(i -> i).toArray();
  }

  /** The weight of each code. */
  double[] levels() {
    return SignScales.levels(scales, offset);
  }
}
