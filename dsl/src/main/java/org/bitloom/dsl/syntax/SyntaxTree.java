package org.bitloom.dsl.syntax;

import java.util.List;
import java.util.Optional;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.source.Span;

/** What a text says, as written: nothing is checked yet but the grammar. Every node knows the characters it came from. */
public record SyntaxTree(List<Declaration> declarations, Span span) {
  public SyntaxTree {
    declarations = List.copyOf(declarations);
  }

  /** A format, a kernel, or text that is neither. */
  public sealed interface Declaration {
    /** The declared name; empty text where the name itself could not be read. */
    Name name();

    /** The whole declaration. */
    Span span();
  }

  /** {@code format NAME { ... }}. */
  public record Format(Name name, List<FormatClause> clauses, Span span) implements Declaration {
    public Format {
      clauses = List.copyOf(clauses);
    }
  }

  /** {@code kernel NAME { ... }}. */
  public record Kernel(Name name, List<KernelClause> clauses, Span span) implements Declaration {
    public Kernel {
      clauses = List.copyOf(clauses);
    }
  }

  /** A name, declared or used. */
  public record Name(String text, Span span) {
  }

  /** A whole number. */
  public record Int(int value, Span span) {
  }

  /** A real number, the double nearest to what is written. */
  public record Real(double value, Span span) {
  }

  /** A clause of a format. */
  public sealed interface FormatClause {
    /** The whole clause. */
    Span span();
  }

  /** A clause of a kernel. */
  public sealed interface KernelClause {
    /** The whole clause. */
    Span span();
  }

  /** A part of the text that has been reported and could not be read. */
  public record Unreadable(Span span) implements Declaration, FormatClause, KernelClause {
    @Override
    public Name name() {
      return new Name("", span);
    }
  }

  /** {@code element TYPE}. */
  public record ElementClause(Element element, Span span) implements FormatClause {
  }

  /** {@code scale TYPE per GRANULARITY}. */
  public record ScaleClause(NumberType.Float type, Granularity per, Span span) implements FormatClause {
  }

  /** {@code zero TYPE per GRANULARITY}. */
  public record ZeroClause(Number type, Granularity per, Span span) implements FormatClause {
  }

  /** {@code offset TYPE per GRANULARITY}. */
  public record OffsetClause(NumberType.Float type, Granularity per, Span span) implements FormatClause {
  }

  /** The type of one weight. */
  public sealed interface Element {
    /** The whole type. */
    Span span();
  }

  /** {@code float eXmY [finite|fn|ieee] [bias N]}. */
  public record FloatElement(int exponent, int mantissa, Optional<Codec.Specials> specials, Optional<Int> bias,
      Span span)
      implements
        Element {
  }

  /** {@code int b}, {@code uint b}, {@code bipolar b} or {@code binary q}. */
  public record SizedElement(SizedKind kind, Int width, Span span) implements Element {
  }

  /** The element kinds that take a width. */
  public enum SizedKind {
    INT, UINT, BIPOLAR, BINARY
  }

  /** {@code ternary}. */
  public record TernaryElement(Span span) implements Element {
  }

  /** {@code codebook [v, v, ...]}. */
  public record CodebookElement(List<Real> entries, Span span) implements Element {
    public CodebookElement {
      entries = List.copyOf(entries);
    }
  }

  /** The type of a zero point, of activations or of results. */
  @SuppressWarnings("JavaLangClash") // written SyntaxTree.Number elsewhere
  public sealed interface Number {
    /** The whole type. */
    Span span();
  }

  /** {@code f16}, {@code bf16} or {@code f32}. */
  public record FloatNumber(NumberType.Float type, Span span) implements Number {
  }

  /** {@code int b}, {@code uint b} or {@code bipolar b}. */
  public record SizedNumber(SizedKind kind, Int width, Span span) implements Number {
  }

  /** What shares one scale, zero point or offset. */
  public sealed interface Granularity {
    /** The word or number. */
    Span span();
  }

  /** {@code row}. */
  public record Row(Span span) implements Granularity {
  }

  /** {@code tensor}. */
  public record Tensor(Span span) implements Granularity {
  }

  /** A number of weights along k. */
  public record Group(int size, Span span) implements Granularity {
  }

  /** {@code y TYPE = x TYPE * FORMAT}. */
  public record EquationClause(FloatNumber y, Number x, Name weights, Span span) implements KernelClause {
  }

  /** {@code tile m a..b, n a..b, k a..b}. */
  public record TileClause(List<TileAxis> axes, Span span) implements KernelClause {
    public TileClause {
      axes = List.copyOf(axes);
    }
  }

  /** One axis of a tile and its range. */
  public record TileAxis(Axis axis, Bounds range, Span span) {
  }

  /** m: batch columns, n: output features, k: input features. */
  public enum Axis {
    M, N, K
  }

  /** {@code a..b}; a single number stands for a range of one. */
  public record Bounds(int low, int high, Span span) {
  }

  /** {@code stages a..b}. */
  public record StagesClause(Bounds range, Span span) implements KernelClause {
  }

  /** {@code split_k a..b}. */
  public record SplitClause(Bounds range, Span span) implements KernelClause {
  }

  /** {@code epilogue step, step}. */
  public record EpilogueClause(List<EpilogueStep> steps, Span span) implements KernelClause {
    public EpilogueClause {
      steps = List.copyOf(steps);
    }
  }

  /** One step of an epilogue. */
  public record EpilogueStep(Epilogue step, Span span) {
  }
}
