package org.bitloom.dsl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.source.Span;

/** Random syntax trees: all that the grammar allows, whether it means anything or not. */
final class RandomTrees {
  private static final List<String> NAMES = List.of("w", "fp6_e3m2", "x", "m", "n", "k", "per", "row", "ternary",
      "float",
      "e4m3", "e3m2", "e8m0", "f16", "bias", "finite", "Upper", "with-hyphen", "größe", "_");
  private static final List<NumberType.Float> SCALES = List.of(NumberType.Float.values());
  private static final List<NumberType.Float> FLOATS = SCALES.subList(0, 3);
  private static final List<NumberType.Float> RESULTS = SCALES.subList(0, 2);

  private final RandomGenerator random;

  RandomTrees(RandomGenerator random) {
    this.random = random;
  }

  SyntaxTree tree() {
    return new SyntaxTree(some(0, 4, () -> random.nextBoolean() ? format() : kernel()), Span.NONE);
  }

  private SyntaxTree.Declaration format() {
    return new SyntaxTree.Format(name(), some(0, 6, this::formatClause), Span.NONE);
  }

  private SyntaxTree.Declaration kernel() {
    return new SyntaxTree.Kernel(name(), some(0, 6, this::kernelClause), Span.NONE);
  }

  private SyntaxTree.FormatClause formatClause() {
    return switch (random.nextInt(5)) {
      case 0 -> new SyntaxTree.ScaleClause(pick(SCALES), granularity(), Span.NONE);
      case 1 -> new SyntaxTree.ZeroClause(random.nextBoolean()
          ? new SyntaxTree.FloatNumber(pick(FLOATS), Span.NONE)
          : sized(SyntaxTree.SizedKind.INT, SyntaxTree.SizedKind.UINT), granularity(), Span.NONE);
      case 2 -> new SyntaxTree.OffsetClause(pick(FLOATS), granularity(), Span.NONE);
      default -> new SyntaxTree.ElementClause(element(), Span.NONE);
    };
  }

  private SyntaxTree.Element element() {
    return switch (random.nextInt(4)) {
      case 0 -> new SyntaxTree.FloatElement(natural(), natural(), maybe(() -> pick(List.of(Codec.Specials.values()))),
          maybe(() -> new SyntaxTree.Int(random.nextBoolean() ? natural() : -natural(), Span.NONE)), Span.NONE);
      case 1 -> new SyntaxTree.SizedElement(pick(List.of(SyntaxTree.SizedKind.values())), integer(), Span.NONE);
      case 2 -> new SyntaxTree.TernaryElement(Span.NONE);
      default -> new SyntaxTree.CodebookElement(some(1, 40, this::real), Span.NONE);
    };
  }

  private SyntaxTree.KernelClause kernelClause() {
    return switch (random.nextInt(5)) {
      case 0 -> new SyntaxTree.TileClause(some(1, 4,
          () -> new SyntaxTree.TileAxis(pick(List.of(SyntaxTree.Axis.values())), bounds(), Span.NONE)), Span.NONE);
      case 1 -> new SyntaxTree.StagesClause(bounds(), Span.NONE);
      case 2 -> new SyntaxTree.SplitClause(bounds(), Span.NONE);
      case 3 -> new SyntaxTree.EpilogueClause(
          some(1, 4, () -> new SyntaxTree.EpilogueStep(pick(List.of(Epilogue.values())), Span.NONE)), Span.NONE);
      default -> new SyntaxTree.EquationClause(new SyntaxTree.FloatNumber(pick(RESULTS), Span.NONE),
          random.nextBoolean()
              ? new SyntaxTree.FloatNumber(pick(RESULTS), Span.NONE)
              : sized(SyntaxTree.SizedKind.INT, SyntaxTree.SizedKind.BIPOLAR),
          name(), Span.NONE);
    };
  }

  private SyntaxTree.Number sized(SyntaxTree.SizedKind... kinds) {
    return new SyntaxTree.SizedNumber(pick(List.of(kinds)), integer(), Span.NONE);
  }

  private SyntaxTree.Granularity granularity() {
    return switch (random.nextInt(3)) {
      case 0 -> new SyntaxTree.Row(Span.NONE);
      case 1 -> new SyntaxTree.Tensor(Span.NONE);
      default -> new SyntaxTree.Group(natural(), Span.NONE);
    };
  }

  private SyntaxTree.Real real() {
    double value = switch (random.nextInt(4)) {
      case 0 -> random.nextInt(-8, 9);
      case 1 -> random.nextDouble(-1, 1);
      case 2 -> pick(List.of(-0.0, Double.MIN_VALUE, Double.MAX_VALUE, Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY));
      default -> Optional.of(Double.longBitsToDouble(random.nextLong())).filter(d -> !d.isNaN()).orElse(0.5);
    };
    return new SyntaxTree.Real(value, Span.NONE);
  }

  private SyntaxTree.Bounds bounds() {
    return new SyntaxTree.Bounds(natural(), natural(), Span.NONE);
  }

  private SyntaxTree.Int integer() {
    return new SyntaxTree.Int(natural(), Span.NONE);
  }

  private int natural() {
    return random.nextInt(8) == 0 ? Integer.MAX_VALUE - random.nextInt(2) : random.nextInt(300);
  }

  private SyntaxTree.Name name() {
    return new SyntaxTree.Name(pick(NAMES), Span.NONE);
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> List<T> some(int least, int most, Supplier<? extends T> value) {
    List<T> values = new ArrayList<>();
    for (int i = random.nextInt(least, most + 1); i > 0; i--) {
      values.add(value.get());
    }
    return values;
  }
}
