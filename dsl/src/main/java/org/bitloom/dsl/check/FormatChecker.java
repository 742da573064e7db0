package org.bitloom.dsl.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.ScaleSpec;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Span;
import org.bitloom.dsl.syntax.SyntaxTree;

/** Checks one format: each clause by itself, then how they fit together. */
final class FormatChecker {
  private static final int MOST_SCALES = 2;

  private final List<Diagnostic> diagnostics;
  private final List<SyntaxTree.ElementClause> elements = new ArrayList<>();
  private final List<SyntaxTree.ScaleClause> scales = new ArrayList<>();
  private final List<SyntaxTree.ZeroClause> zeros = new ArrayList<>();
  private final List<SyntaxTree.OffsetClause> offsets = new ArrayList<>();
  private boolean readable = true;

  FormatChecker(List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  Optional<FormatSpec> check(SyntaxTree.Format format) {
    int before = diagnostics.size();
    format.clauses().forEach(this::sort);
    Span name = format.name().span();
    Once.first(zeros, SyntaxTree.ZeroClause::span, "zero", "a format", diagnostics);
    Once.first(offsets, SyntaxTree.OffsetClause::span, "offset", "a format", diagnostics);
    if (elements.isEmpty() && readable) {
      diagnostics.add(Diagnostic.error(name, "this format has no element")
          .expecting("what one weight is, as in 'element float e3m2'"));
    }
    if (scales.isEmpty() && readable) {
      diagnostics
          .add(Diagnostic.error(name, "this format has no scale").expecting("a scale, as in 'scale f16 per row'"));
    }
    Optional<Codec> codec = Once
        .first(elements, SyntaxTree.ElementClause::span, "element", "a format", diagnostics)
        .flatMap(clause -> new ElementChecker(diagnostics).check(clause.element()));
    List<ScaleSpec> checkedScales = scales.stream()
        .flatMap(scale -> plane(scale.type(), scale.per(), scale.span()).stream()).toList();
    order(checkedScales);
    Optional<ScaleSpec> zero = zeros.stream().findFirst().flatMap(this::zero);
    Optional<ScaleSpec> offset = offsets.stream().findFirst().flatMap(o -> plane(o.type(), o.per(), o.span()));
    codec.ifPresent(c -> fit(c, checkedScales));
    if (!readable || diagnostics.size() > before || codec.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new FormatSpec(format.name().text(), codec.get(), checkedScales, zero, offset, format.span()));
  }

  private void sort(SyntaxTree.FormatClause clause) {
    switch (clause) {
      case SyntaxTree.ElementClause c -> elements.add(c);
      case SyntaxTree.ScaleClause c -> scales.add(c);
      case SyntaxTree.ZeroClause c -> zeros.add(c);
      case SyntaxTree.OffsetClause c -> offsets.add(c);
      case SyntaxTree.Unreadable _ -> readable = false;
    }
  }

  private Optional<ScaleSpec> plane(NumberType type, SyntaxTree.Granularity per, Span span) {
    return Granularities.check(per, diagnostics).map(granularity -> new ScaleSpec(type, granularity, span));
  }

  private Optional<ScaleSpec> zero(SyntaxTree.ZeroClause zero) {
    return switch (zero.type()) {
      case SyntaxTree.FloatNumber f -> plane(f.type(), zero.per(), zero.span());
      case SyntaxTree.SizedNumber s -> {
        OptionalInt width = ElementChecker.width(s.width(), "a zero point", diagnostics);
        Optional<Granularity> granularity = Granularities.check(zero.per(), diagnostics);
        yield width.isEmpty()
            ? Optional.empty()
            : granularity.map(g -> new ScaleSpec(integer(s.kind(), width.getAsInt()), g, zero.span()));
      }
    };
  }

  private static NumberType integer(SyntaxTree.SizedKind kind, int bits) {
    return switch (kind) {
      case INT -> new NumberType.Int(bits);
      case UINT -> new NumberType.Uint(bits);
      case BIPOLAR, BINARY -> throw new IllegalStateException("the grammar has no zero point of kind " + kind);
    };
  }

  private void order(List<ScaleSpec> checked) {
    for (SyntaxTree.ScaleClause third : scales.subList(Math.min(MOST_SCALES, scales.size()), scales.size())) {
      diagnostics.add(Diagnostic.error(third.span(), "a format has at most two scales")
          .expecting("one scale, or a fine one and a coarse one"));
    }
    if (scales.size() != MOST_SCALES || checked.size() != MOST_SCALES) {
      return;
    }
    Granularity first = checked.get(0).granularity();
    Granularity second = checked.get(1).granularity();
    if (first.equals(second)) {
      diagnostics.add(Diagnostic.error(checked.get(1).span(), "two scales per " + first.spelling() + " are one scale")
          .expecting("a coarser second scale, as in 'scale f32 per tensor'"));
    } else if (Granularities.coarseness(first) > Granularities.coarseness(second)) {
      diagnostics.add(Diagnostic.error(checked.get(1).span(), "the finer scale comes second")
          .expecting("the finest scale first, because the coarse one scales it: 'per " + second.spelling()
              + "' before 'per " + first.spelling() + "'"));
    } else if (first instanceof Granularity.PerGroup(int fine) && second instanceof Granularity.PerGroup(int coarse)
        && coarse % fine != 0) {
      diagnostics.add(Diagnostic.error(checked.get(1).span(), "groups of " + fine + " straddle groups of " + coarse)
          .expecting("a second group that is a multiple of the first"));
    }
  }

  private void fit(Codec codec, List<ScaleSpec> checkedScales) {
    zeros.stream().findFirst().ifPresent(zero -> fitZero(codec, zero));
    if (codec instanceof Codec.BinaryCodec) {
      for (int i = 0; i < checkedScales.size(); i++) {
        ScaleSpec scale = checkedScales.get(i);
        if (i > 0) {
          diagnostics.add(Diagnostic.error(scale.span(), "binary has one scale clause")
              .expecting("one, which stands for a scale of every plane"));
        } else if (scale.granularity() instanceof Granularity.PerTensor) {
          diagnostics.add(Diagnostic.error(scale.span(), "binary cannot have one scale per tensor")
              .expecting("per row or per group, because only its scales tell its weights apart"));
        }
      }
    }
  }

  private void fitZero(Codec codec, SyntaxTree.ZeroClause zero) {
    switch (codec) {
      case Codec.IntCodec(int bits) -> fitInteger("int", SyntaxTree.SizedKind.INT, bits, zero);
      case Codec.UintCodec(int bits) -> fitInteger("uint", SyntaxTree.SizedKind.UINT, bits, zero);
      case Codec.FloatCodec _ ->
        noZero(zero, "a float element", "no zero point, because its codes lie around 0 already");
      case Codec.BipolarCodec _ -> noZero(zero, "a bipolar element", "no zero point, or uint with one");
      case Codec.TernaryCodec _ -> noZero(zero, "a ternary element", "no zero point, because 0 is one of its values");
      case Codec.BinaryCodec _ -> noZero(zero, "a binary element", "an offset: it shifts the sum of the planes");
      case Codec.CodebookCodec _ -> noZero(zero, "a codebook", "no zero point: shift the entries, or use an offset");
    }
  }

  private void noZero(SyntaxTree.ZeroClause zero, String element, String right) {
    diagnostics.add(Diagnostic.error(zero.span(), element + " takes no zero point").expecting(right));
  }

  private void fitInteger(String word, SyntaxTree.SizedKind kind, int bits, SyntaxTree.ZeroClause zero) {
    if (zero.type() instanceof SyntaxTree.SizedNumber s && (s.kind() != kind || s.width().value() > bits)
        && s.width().value() >= 1 && s.width().value() <= 8) {
      diagnostics.add(Diagnostic.error(s.span(), "this zero point does not fit element " + word + " " + bits)
          .expecting(
              word + " with at most " + bits + " bits, because it is one of the element's own values; or a float"));
    }
  }
}
