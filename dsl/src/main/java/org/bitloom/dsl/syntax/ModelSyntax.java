package org.bitloom.dsl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.Program;
import org.bitloom.dsl.model.Range;
import org.bitloom.dsl.source.Span;

/** The syntax that declares a checked value, with every default spelt out. */
final class ModelSyntax {
  private ModelSyntax() {
  }

  static SyntaxTree of(Program program) {
    List<SyntaxTree.Declaration> declarations = new ArrayList<>();
    program.formats().forEach(format -> declarations.add(of(format)));
    program.kernels().forEach(kernel -> declarations.add(of(kernel)));
    return new SyntaxTree(declarations, Span.NONE);
  }

  static SyntaxTree.Format of(FormatSpec format) {
    List<SyntaxTree.FormatClause> clauses = new ArrayList<>();
    clauses.add(new SyntaxTree.ElementClause(element(format.codec()), Span.NONE));
    format.scales().forEach(scale -> clauses
        .add(new SyntaxTree.ScaleClause(floatType(scale.type()), granularity(scale.granularity()), Span.NONE)));
    format.zero().ifPresent(zero -> clauses
        .add(new SyntaxTree.ZeroClause(number(zero.type()), granularity(zero.granularity()), Span.NONE)));
    format.offset().ifPresent(offset -> clauses
        .add(new SyntaxTree.OffsetClause(floatType(offset.type()), granularity(offset.granularity()), Span.NONE)));
    return new SyntaxTree.Format(name(format.name()), clauses, Span.NONE);
  }

  static SyntaxTree.Kernel of(KernelSpec kernel) {
    List<SyntaxTree.KernelClause> clauses = new ArrayList<>();
    clauses.add(new SyntaxTree.EquationClause(new SyntaxTree.FloatNumber(floatType(kernel.y()), Span.NONE),
        number(kernel.x()), name(kernel.weights().name()), Span.NONE));
    clauses.add(new SyntaxTree.TileClause(List.of(tile(SyntaxTree.Axis.M, kernel.tileM()),
        tile(SyntaxTree.Axis.N, kernel.tileN()), tile(SyntaxTree.Axis.K, kernel.tileK())), Span.NONE));
    clauses.add(new SyntaxTree.StagesClause(bounds(kernel.stages()), Span.NONE));
    clauses.add(new SyntaxTree.SplitClause(bounds(kernel.splitK()), Span.NONE));
    if (!kernel.epilogue().isEmpty()) {
      clauses.add(new SyntaxTree.EpilogueClause(
          kernel.epilogue().stream().map(step -> new SyntaxTree.EpilogueStep(step, Span.NONE)).toList(), Span.NONE));
    }
    return new SyntaxTree.Kernel(name(kernel.name()), clauses, Span.NONE);
  }

  private static SyntaxTree.Element element(Codec codec) {
    return switch (codec) {
      case Codec.FloatCodec f -> new SyntaxTree.FloatElement(f.exponent(), f.mantissa(), Optional.of(f.specials()),
          f.bias() == Codec.FloatCodec.defaultBias(f.exponent()) ? Optional.empty() : Optional.of(integer(f.bias())),
          Span.NONE);
      case Codec.IntCodec i -> sized(SyntaxTree.SizedKind.INT, i.bits());
      case Codec.UintCodec u -> sized(SyntaxTree.SizedKind.UINT, u.bits());
      case Codec.BipolarCodec b -> sized(SyntaxTree.SizedKind.BIPOLAR, b.bits());
      case Codec.BinaryCodec b -> sized(SyntaxTree.SizedKind.BINARY, b.planes());
      case Codec.TernaryCodec _ -> new SyntaxTree.TernaryElement(Span.NONE);
      case Codec.CodebookCodec c -> new SyntaxTree.CodebookElement(
          c.entries().stream().map(v -> new SyntaxTree.Real(v, Span.NONE)).toList(), Span.NONE);
    };
  }

  private static SyntaxTree.SizedElement sized(SyntaxTree.SizedKind kind, int width) {
    return new SyntaxTree.SizedElement(kind, integer(width), Span.NONE);
  }

  private static SyntaxTree.Number number(NumberType type) {
    return switch (type) {
      case NumberType.Float f -> new SyntaxTree.FloatNumber(f, Span.NONE);
      case NumberType.Int i -> new SyntaxTree.SizedNumber(SyntaxTree.SizedKind.INT, integer(i.bits()), Span.NONE);
      case NumberType.Uint u -> new SyntaxTree.SizedNumber(SyntaxTree.SizedKind.UINT, integer(u.bits()), Span.NONE);
      case NumberType.Bipolar b -> new SyntaxTree.SizedNumber(SyntaxTree.SizedKind.BIPOLAR, integer(b.bits()),
          Span.NONE);
    };
  }

  private static NumberType.Float floatType(NumberType type) {
    if (type instanceof NumberType.Float f) {
      return f;
    }
    throw new IllegalArgumentException("scales, offsets and results are floating-point, not " + type.spelling());
  }

  private static SyntaxTree.Granularity granularity(Granularity granularity) {
    return switch (granularity) {
      case Granularity.PerTensor _ -> new SyntaxTree.Tensor(Span.NONE);
      case Granularity.PerRow _ -> new SyntaxTree.Row(Span.NONE);
      case Granularity.PerGroup g -> new SyntaxTree.Group(g.size(), Span.NONE);
    };
  }

  private static SyntaxTree.TileAxis tile(SyntaxTree.Axis axis, Range range) {
    return new SyntaxTree.TileAxis(axis, bounds(range), Span.NONE);
  }

  private static SyntaxTree.Bounds bounds(Range range) {
    return new SyntaxTree.Bounds(range.low(), range.high(), Span.NONE);
  }

  private static SyntaxTree.Int integer(int value) {
    return new SyntaxTree.Int(value, Span.NONE);
  }

  private static SyntaxTree.Name name(String text) {
    return new SyntaxTree.Name(text, Span.NONE);
  }
}
