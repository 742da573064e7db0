package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.Comparator;
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

/**
 * How codes become numbers in a 32-bit register of two 16-bit halves. A packer stores fields, {@code code ^ flip}; an
 * {@link Extract} puts the fields of a pair where {@link #pattern()} says; what the register then holds, the records tell.
 */
public sealed interface Decode {
  /** {@code field = code ^ flip}. */
  int flip();

  /** Where the fields of a pair go. */
  TargetPattern pattern();

  /** The number type of the register's halves. */
  ActivationType register();

  /**
   * The fields are numbers where they lie: {@code value(code) = factor * half - offset} exactly, half being the f16 or bf16
   * number whose bits are the placed field and zeros elsewhere; it may be subnormal. Factor and offset do not depend on the
   * code and belong behind the sum over k: {@code sum(x * value) = factor * sum(x * half) - offset * sum(x)}.
   */
  record Placed(ActivationType register, int flip, TargetPattern pattern, double factor,
      double offset) implements Decode {
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
    public int flip() {
      return 0;
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

  /** The decode that costs least where {@code layout} put the fields. */
  static Decode of(Codec codec, ActivationType activation, WeightLayout layout) {
    unsupported(codec).ifPresent(reason -> {
      throw new IllegalArgumentException(reason);
    });
    return candidates(codec, activation).stream()
        .min(Comparator.comparingDouble(decode -> PlacementSearch.cost(layout.placement(), decode.pattern())))
        .orElseThrow();
  }

  /** All decodes that give the right numbers; they differ in the column of the register where integers start. */
  static List<Decode> candidates(Codec codec, ActivationType activation) {
    int bits = codec.bits();
    return switch (codec) {
      case FloatCodec f -> List.of(ofFloat(f, activation));
      case IntCodec _ -> columns(bits, activation, 1 << (bits - 1), 1, 1 << (bits - 1));
      case UintCodec _ -> columns(bits, activation, 0, 1, 0);
      case BipolarCodec _ -> columns(bits, activation, 0, 2, (1 << bits) - 1);
      case TernaryCodec _ -> columns(bits, activation, 0, 1, 1);
      case CodebookCodec _ -> List.of(new Lookup(activation, lookupPattern(bits),
          IntStream.range(0, 1 << bits).mapToObj(codec::value).toList()));
      case BinaryCodec _ -> List.of();
    };
  }

  private static Decode ofFloat(FloatCodec codec, ActivationType activation) {
    ActivationType register = fitsF16(codec) ? activation : ActivationType.BF16;
    FloatBits bits = FloatBits.of(register);
    List<Integer> half = new ArrayList<>();
    for (int i = 0; i < codec.exponent() + codec.mantissa(); i++) {
      half.add(bits.mantissa() - codec.mantissa() + i);
    }
    half.add(15);
    return new Placed(register, 0, twoHalves(half), Math.scalb(1.0, bits.bias() - codec.bias()), 0);
  }

  /** Whether f16 reads every code that has a value as a finite number. */
  private static boolean fitsF16(FloatCodec codec) {
    return codec.exponent() < 5 || (codec.exponent() == 5 && codec.specials() == Specials.IEEE);
  }

  /**
   * Integers at every column base. The bits of the mantissa and the lowest one of the exponent are linear: the exponents 0
   * and 1 have the same unit in the last place.
   */
  private static List<Decode> columns(int bits, ActivationType register, int flip, double step,
      double offset) {
    FloatBits number = FloatBits.of(register);
    List<Decode> columns = new ArrayList<>();
    for (int base = 0; base + bits - 1 <= number.mantissa(); base++) {
      int column = base;
      TargetPattern pattern = twoHalves(IntStream.range(0, bits).mapToObj(i -> column + i).toList());
      double factor = Math.scalb(step, number.bias() - 1 + number.mantissa() - column);
      columns.add(new Placed(register, flip, pattern, factor, offset));
    }
    return columns;
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
