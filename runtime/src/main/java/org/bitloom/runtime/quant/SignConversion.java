package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.numeric.ParamRounding;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Writes weights of evenly spaced values ({@code int}, {@code uint} with and without zero points, {@code bipolar},
 * {@code ternary}) as binary-coded ones, without the original weights: value v0 + d * j, j being the number that the signs
 * spell, needs the scales s * d * 2^(q-2), ..., s * d / 2 and the offset s * (v0 + d * (2^q - 1) / 2 - zero). Ternary weights
 * take two scales s / 2 and no offset. Exact where these numbers can be stored: scales are s times powers of two, so they are
 * unless they leave their type's range; offsets of {@code int} are -s / 2, hence exact too, those of zero points are products
 * that may be rounded.
 */
public final class SignConversion {
  private static final double TERNARY_SCALE = 0.5;

  /** How one code is written, before the scale: its signs, the scales of the planes and what their sum misses. */
  @SuppressWarnings("ArrayRecordComponent") // made once, then only read
  private record Spelling(byte[] codes, double[] scales, double middle) {
  }

  /**
   * Converted weights.
   *
   * @param exact whether they stand for the very same numbers
   */
  public record Converted(QuantizedWeights weights, boolean exact) {
  }

  private SignConversion() {
  }

  /**
   * Converts {@code source} into memory of {@code arena}.
   *
   * @param format binary-coded, of at least as many planes as {@code source} has bits; planes that are too many get scale 0
   * @throws QuantizationException if the values of {@code source} are not evenly spaced, if its parameters change inside a
   *     group of {@code format}, or if {@code format} has too few planes, or no offset and one is needed
   */
  public static Converted convert(QuantizedWeights source, FormatInfo format, Arena arena) {
    SignPlanes signs = signs(format);
    Spelling spelling = spelling(source.format(), signs.count());
    FormatPlanes from = FormatPlanes.of(source);
    List<MemorySegment> numbers = format.planes().stream()
        .map(plane -> arena.allocate(NaturalPlane.bytes(plane, source.n(), source.k()), Integer.BYTES)).toList();
    QuantizedWeights result = new QuantizedWeights(format, source.n(), source.k(),
        arena.allocate((long) source.n() * source.k()), numbers);
    SignScales to = SignScales.of(result);
    int length = to.groupLength(source.k());
    int uniform = from.uniformRun(source.k());
    if ((uniform < source.k() && uniform % length != 0) || (to.offset().isPresent() && !to.offsetInStep())) {
      throw new QuantizationException(
          "the parameters of " + source.format().name() + " change inside the groups of " + format.name());
    }
    boolean[] exact = new boolean[source.n()];
    ParallelRows.ofAllProcessors().forEach(source.n(), Math.ceilDiv(1 << 16, source.k()), (first, end) -> {
      for (int row = first; row < end; row++) {
        spell(source, result, spelling.codes(), row);
        exact[row] = true;
        for (int column = 0; column < source.k(); column += length) {
          exact[row] &= store(from.affine(row, column), spelling, to, row, column, format.name());
        }
      }
    });
    return new Converted(result, sameNumbers(source, result, exact));
  }

  /** Whether rows of rounded parameters stand for the same numbers all the same: what was rounded may cancel in each weight there is. */
  private static boolean sameNumbers(QuantizedWeights source, QuantizedWeights result, boolean[] exact) {
    Dequantizer before = new Dequantizer(source);
    Dequantizer after = new Dequantizer(result);
    double[] wanted = new double[source.k()];
    double[] written = new double[source.k()];
    for (int row = 0; row < exact.length; row++) {
      if (!exact[row]) {
        before.row(row, wanted);
        after.row(row, written);
        if (!Arrays.equals(wanted, written)) {
          return false;
        }
      }
    }
    return true;
  }

  private static SignPlanes signs(FormatInfo format) {
    return switch (format.element()) {
      case SignPlanes signs -> signs;
      case DecodeTable _ -> throw new QuantizationException(format.name() + " is not binary-coded");
    };
  }

  private static Spelling spelling(FormatInfo source, int planes) {
    DecodeTable table = switch (source.element()) {
      case DecodeTable values -> values;
      case SignPlanes _ -> throw new QuantizationException(source.name() + " is binary-coded already");
    };
    NearestCode values = new NearestCode(table);
    int bits = source.codeBits();
    double step = (values.largest() - values.smallest()) / (values.count() - 1);
    for (int rank = 0; rank < values.count(); rank++) {
      if (values.value(rank) != values.smallest() + rank * step) {
        throw new QuantizationException("the values of " + source.name() + " are not evenly spaced");
      }
    }
    boolean ternary = bits == 2 && values.count() == 3;
    if ((!ternary && values.count() != 1 << bits) || planes < bits) {
      throw new QuantizationException(
          source.name() + " has " + values.count() + " values; " + planes + " planes do not spell them");
    }
    double[] scales = new double[planes];
    byte[] codes = new byte[1 << bits];
    for (int plane = 0; plane < bits; plane++) {
      scales[plane] = step * (ternary ? TERNARY_SCALE : Math.scalb(1.0, bits - 2 - plane));
    }
    for (int rank = 0; rank < values.count(); rank++) {
      int code = ~((1 << bits) - 1) & (1 << planes) - 1;
      for (int plane = 0; plane < bits; plane++) {
        boolean plus = ternary ? rank > plane : (rank >>> (bits - 1 - plane) & 1) != 0;
        code |= plus ? 1 << plane : 0;
      }
      codes[values.code(rank) & 0xff] = (byte) code;
    }
    return new Spelling(codes, scales, (values.smallest() + values.largest()) / 2);
  }

  private static void spell(QuantizedWeights source, QuantizedWeights result, byte[] codes, int row) {
    long base = (long) row * source.k();
    for (long i = base; i < base + source.k(); i++) {
      result.codes().set(ValueLayout.JAVA_BYTE, i, codes[source.codes().get(ValueLayout.JAVA_BYTE, i) & 0xff]);
    }
  }

  /** Stores the numbers of the group at {@code column}; whether all were stored as they are. */
  private static boolean store(Affine map, Spelling spelling, SignScales to, int row, int column, String format) {
    boolean exact = true;
    for (int plane = 0; plane < to.count(); plane++) {
      exact &= store(to.scales().get(plane), row, column, map.scale() * spelling.scales()[plane]);
    }
    double offset = map.scale() * (spelling.middle() - map.zero()) + map.offset();
    if (to.offset().isEmpty()) {
      if (offset != 0) {
        throw new QuantizationException(format + " has no offset, but " + offset + " is needed");
      }
      return exact;
    }
    exact &= store(to.offset().get(), row, column, offset);
    return exact;
  }

  private static boolean store(NaturalPlane plane, int row, int column, double number) {
    int raw = ParamRounding.nearest(plane.plane().type(), number);
    plane.setRaw(row, plane.group(column), raw);
    return plane.plane().type().value(raw) == number;
  }
}
