package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.Codec.BipolarCodec;
import org.bitloom.dsl.model.Codec.CodebookCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.dsl.model.Codec.TernaryCodec;
import org.bitloom.dsl.model.Codec.UintCodec;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.ParamType;

/**
 * How codes become numbers in a 32-bit register of two 16-bit halves. A packer stores fields, {@code code ^ flip}; an
 * {@link Extract} puts the fields of a pair where {@link #pattern} says; what the register then holds, the records tell.
 */
public sealed interface Decode {
  /** {@code field = code ^ flip}. */
  default int flip() {
    return 0;
  }

  /** Where the fields of pair {@code pair} of a lane go. */
  TargetPattern pattern(int pair);

  /** The number type of the register's halves. */
  ActivationType register();

  /** What sums over decoded weights are multiplied by, the same for every code. */
  double factor();

  /** Bytes of shared memory that tables take. */
  default int tableBytes() {
    return 0;
  }

  /**
   * The fields are numbers where they lie: {@code value(code) = factor * half} exactly, half being the f16 or bf16 number whose
   * bits are the placed field and zeros elsewhere; it may be subnormal. The factor does not depend on the code and belongs behind
   * the sum over k.
   */
  record Placed(ActivationType register, TargetPattern pattern, double factor) implements Decode {
    @Override
    public TargetPattern pattern(int pair) {
      return pattern;
    }
  }

  /**
   * The fields are integers in the lowest bits of a number, where its bits are linear: those of the mantissa and the lowest one of
   * the exponent, as the exponents 0 and 1 have the same unit in the last place. Each pair has the column that suits it; one
   * multiply-add brings all of them to {@code column} and takes the offset away: {@code value(code) = factor * number} exactly,
   * {@code number = field * 2^(exponent + column) - center}.
   *
   * @param columns for each pair of a lane the column where its fields start
   * @param column the largest of them, or 1 where the offset of integers is no whole number
   * @param exponent the unit in the last place of the register's subnormal numbers is 2^exponent
   * @param offset the integer, or half of one, that stands for 0
   * @param step {@code value = step * (field - offset)}
   */
  record Centered(ActivationType register, int flip, int bits, List<Integer> columns, int column, int exponent,
      double offset, double step) implements Decode {
    public Centered {
      columns = List.copyOf(columns);
    }

    @Override
    public TargetPattern pattern(int pair) {
      return ColumnChoice.pattern(bits, columns.get(pair));
    }

    /** What the register's halves are multiplied by, a power of two. */
    public double multiplier(int pair) {
      return Math.scalb(1.0, column - columns.get(pair));
    }

    /** The number that stands for one step of the integers. */
    public double unit() {
      return Math.scalb(1.0, exponent + column);
    }

    /** What is subtracted after the multiplication. */
    public double center() {
      return offset * unit();
    }

    /** Whether integers minus any such zero point are exact in the register, and so are the zero points themselves. */
    public boolean subtractsExactly(ParamType.Int zero) {
      double lowest = zero.sign() == ParamType.Int.Sign.SIGNED ? -(1 << (zero.bits() - 1)) : 0;
      double largest = lowest + (1 << zero.bits()) - 1;
      double most = Math.max((1 << bits) - 1 - offset - lowest,
          Math.max(Math.abs(offset + lowest), Math.abs(offset + largest)));
      return step == 1 && most <= 1 << (FloatBits.of(register).mantissa() + 1);
    }

    @Override
    public double factor() {
      return step / unit();
    }
  }

  /**
   * The fields of a pair, element 0 low, are an index into a table of all 2^(2 * bits) pairs of values. They lie at bit 7, so
   * that the register, or'ed with 4 * lane, is the byte offset in a table [pairs][32 lanes] of 4-byte entries, in which
   * every lane reads a shared-memory bank of its own.
   *
   * @param values value of each field, NaN where a code stands for no weight
   */
  record Lookup(ActivationType register, TargetPattern pattern, List<Double> values) implements Decode {
    public Lookup {
      values = List.copyOf(values);
      if (values.size() != 1 << pattern.bits()) {
        throw new IllegalArgumentException(pattern.bits() + "-bit fields need " + (1 << pattern.bits()) + " values");
      }
    }

    @Override
    public TargetPattern pattern(int pair) {
      return pattern;
    }

    @Override
    public double factor() {
      return 1;
    }

    @Override
    public int tableBytes() {
      return (1 << (2 * pattern.bits())) * FragmentA.LANES * Integer.BYTES;
    }
  }

  /** The widest code that is looked up: 2^(2 * 4) pairs * 32 lanes * 4 bytes are 32 KiB of shared memory. */
  int MAX_LOOKUP_BITS = 4;

  /** Why no register decode exists for {@code codec}, in words for the user; nothing where {@link #of} works. */
  static Optional<String> unsupported(Codec codec) {
    return switch (codec) {
      case BinaryCodec _ -> Optional.of("binary-coded weights have a scale for each plane, so a code is no number");
      case CodebookCodec book when book.bits() > MAX_LOOKUP_BITS ->
        Optional.of("codebooks of more than " + (1 << MAX_LOOKUP_BITS) + " entries are not supported, this one has "
            + book.entries().size());
      case FloatCodec _,IntCodec _,UintCodec _,BipolarCodec _,TernaryCodec _,CodebookCodec _ -> Optional.empty();
    };
  }

  /** How codes that lie as {@code layout} says are decoded. */
  static Decode of(Codec codec, ActivationType activation, WeightLayout layout) {
    unsupported(codec).ifPresent(reason -> {
      throw new IllegalArgumentException(reason);
    });
    int bits = codec.bits();
    return switch (codec) {
      case FloatCodec f -> ofFloat(f, activation);
      case IntCodec _ -> integer(activation, layout, 1 << (bits - 1), 1);
      case UintCodec _ -> integer(activation, layout, 0, 1);
      case BipolarCodec _ -> integer(activation, layout, ((1 << bits) - 1) / 2.0, 2);
      case TernaryCodec _ -> integer(activation, layout, 1, 1);
      case CodebookCodec _ -> new Lookup(activation, lookupPattern(bits),
          IntStream.range(0, 1 << bits).mapToObj(codec::value).toList());
      case BinaryCodec _ -> throw new IllegalArgumentException("binary-coded weights are no numbers");
    };
  }

  /** What is xor'ed to a code to make its field. */
  static int flip(Codec codec) {
    return codec instanceof IntCodec ? 1 << (codec.bits() - 1) : 0;
  }

  /** Where the fields of a pair may go, for the layout to choose from. */
  static List<TargetPattern> patterns(Codec codec, ActivationType activation) {
    int bits = codec.bits();
    return switch (codec) {
      case FloatCodec f -> List.of(ofFloat(f, activation).pattern());
      case IntCodec _,UintCodec _,BipolarCodec _,TernaryCodec _ ->
        IntStream.rangeClosed(0, FloatBits.of(activation).mantissa() + 1 - bits)
            .mapToObj(column -> ColumnChoice.pattern(bits, column)).toList();
      case CodebookCodec _ -> List.of(lookupPattern(bits));
      case BinaryCodec _ -> List.of();
    };
  }

  private static Decode integer(ActivationType register, WeightLayout layout, double offset, double step) {
    FloatBits number = FloatBits.of(register);
    List<Integer> columns = ColumnChoice.cheapest(layout.placement(), number.mantissa());
    int column = Math.max(offset == Math.rint(offset) ? 0 : 1, Collections.max(columns));
    return new Centered(register, layout.flip(), layout.bits(), columns, column, 1 - number.bias() - number.mantissa(),
        offset, step);
  }

  private static Placed ofFloat(FloatCodec codec, ActivationType activation) {
    ActivationType register = fitsF16(codec) ? activation : ActivationType.BF16;
    FloatBits bits = FloatBits.of(register);
    List<Integer> half = new ArrayList<>();
    for (int i = 0; i < codec.exponent() + codec.mantissa(); i++) {
      half.add(bits.mantissa() - codec.mantissa() + i);
    }
    half.add(15);
    return new Placed(register, twoHalves(half), Math.scalb(1.0, bits.bias() - codec.bias()));
  }

  /** Whether f16 reads every code that has a value as a finite number. */
  private static boolean fitsF16(FloatCodec codec) {
    return codec.exponent() < 5 || (codec.exponent() == 5 && codec.specials() == Specials.IEEE);
  }

  private static TargetPattern twoHalves(List<Integer> half) {
    List<Integer> positions = new ArrayList<>(half);
    half.forEach(position -> positions.add(position + 16));
    return new TargetPattern(positions);
  }

  private static TargetPattern lookupPattern(int bits) {
    return new TargetPattern(IntStream.range(7, 7 + 2 * bits).boxed().toList());
  }
}
