package org.bitloom.dsl.check;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.syntax.SyntaxTree;

/** Checks the type of one weight. */
final class ElementChecker {
  private static final int WIDEST = 8;
  private static final int LARGEST_BIAS = 64;
  private static final int MOST_ENTRIES = 1 << WIDEST;

  private final List<Diagnostic> diagnostics;

  ElementChecker(List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  Optional<Codec> check(SyntaxTree.Element element) {
    return switch (element) {
      case SyntaxTree.FloatElement f -> floating(f);
      case SyntaxTree.SizedElement s -> sized(s);
      case SyntaxTree.TernaryElement _ -> Optional.of(new Codec.TernaryCodec());
      case SyntaxTree.CodebookElement c -> codebook(c);
    };
  }

  /** A width of 1 to 8 bits; reports any other. */
  static OptionalInt width(SyntaxTree.Int width, String what, List<Diagnostic> diagnostics) {
    if (width.value() >= 1 && width.value() <= WIDEST) {
      return OptionalInt.of(width.value());
    }
    diagnostics.add(Diagnostic.error(width.span(), what + " cannot have " + width.value() + " bits")
        .expecting("a width from 1 to " + WIDEST));
    return OptionalInt.empty();
  }

  private Optional<Codec> sized(SyntaxTree.SizedElement element) {
    boolean binary = element.kind() == SyntaxTree.SizedKind.BINARY;
    OptionalInt width = binary ? planes(element.width()) : width(element.width(), "an element", diagnostics);
    if (width.isEmpty()) {
      return Optional.empty();
    }
    int bits = width.getAsInt();
    return Optional.of(switch (element.kind()) {
      case INT -> new Codec.IntCodec(bits);
      case UINT -> new Codec.UintCodec(bits);
      case BIPOLAR -> new Codec.BipolarCodec(bits);
      case BINARY -> new Codec.BinaryCodec(bits);
    });
  }

  private OptionalInt planes(SyntaxTree.Int planes) {
    if (planes.value() >= 1 && planes.value() <= WIDEST) {
      return OptionalInt.of(planes.value());
    }
    diagnostics.add(Diagnostic.error(planes.span(), "a binary element cannot have " + planes.value() + " planes")
        .expecting("1 to " + WIDEST + " planes of signs"));
    return OptionalInt.empty();
  }

  private Optional<Codec> floating(SyntaxTree.FloatElement f) {
    String shape = "float e" + f.exponent() + "m" + f.mantissa();
    long bits = 1L + f.exponent() + f.mantissa();
    if (bits > WIDEST) {
      return wrong(Diagnostic.error(f.span(), shape + " takes " + bits + " bits")
          .expecting("at most " + WIDEST + ": one sign bit, X exponent bits and Y mantissa bits"));
    }
    if (f.exponent() < 1) {
      return wrong(Diagnostic.error(f.span(), shape + " has no exponent")
          .expecting("at least one exponent bit; evenly spaced values are int, uint or codebook"));
    }
    Codec.Specials specials = f.specials().orElse(Codec.Specials.FINITE);
    if (specials == Codec.Specials.IEEE && f.mantissa() == 0) {
      return wrong(Diagnostic.error(f.span(), shape + " ieee has no code for NaN")
          .expecting("at least one mantissa bit, because infinity and NaN differ in the mantissa; or finite"));
    }
    if (specials == Codec.Specials.FN && f.mantissa() == 0) {
      return wrong(Diagnostic.error(f.span(), shape + " fn would lose its whole top exponent to NaN")
          .expecting("at least one mantissa bit; or finite"));
    }
    int bias = f.bias().map(SyntaxTree.Int::value).orElse(Codec.FloatCodec.defaultBias(f.exponent()));
    if (Math.abs((long) bias) > LARGEST_BIAS) {
      return wrong(Diagnostic.error(f.bias().orElseThrow().span(), "the exponent bias " + bias + " is out of range")
          .expecting("-" + LARGEST_BIAS + " to " + LARGEST_BIAS + "; the rest belongs in the scale"));
    }
    Codec.FloatCodec codec = new Codec.FloatCodec(f.exponent(), f.mantissa(), specials, bias);
    if (IntStream.range(0, 1 << codec.bits()).anyMatch(code -> Math.abs(codec.value(code)) > Float.MAX_VALUE)) {
      return wrong(Diagnostic.error(f.span(), shape + " bias " + bias + " has values past the range of f32")
          .expecting("a larger bias; the rest belongs in the scale"));
    }
    return Optional.of(codec);
  }

  private Optional<Codec> codebook(SyntaxTree.CodebookElement codebook) {
    int before = diagnostics.size();
    List<SyntaxTree.Real> entries = codebook.entries();
    if (entries.size() < 2 || entries.size() > MOST_ENTRIES) {
      String count = entries.size() == 1 ? "1 entry" : entries.size() + " entries";
      diagnostics.add(Diagnostic.error(codebook.span(), "a codebook cannot have " + count)
          .expecting("2 to " + MOST_ENTRIES + " entries"));
      return Optional.empty();
    }
    Set<Float> seen = new HashSet<>();
    for (SyntaxTree.Real entry : entries) {
      float value = (float) entry.value() + 0f;
      if (Float.isInfinite(value)) {
        diagnostics.add(Diagnostic.error(entry.span(), "this entry is past the range of f32")
            .expecting("a number up to 3.4e38 in size"));
      } else if (!seen.add(value)) {
        diagnostics.add(Diagnostic.error(entry.span(), "this entry is in the codebook already")
            .expecting("entries that differ in f32, because two codes for one value waste one"));
      }
    }
    return diagnostics.size() > before
        ? Optional.empty()
        : Optional.of(new Codec.CodebookCodec(entries.stream().map(SyntaxTree.Real::value).toList()));
  }

  private Optional<Codec> wrong(Diagnostic diagnostic) {
    diagnostics.add(diagnostic);
    return Optional.empty();
  }
}
