package org.bitloom.dsl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ErrorNode;
import org.antlr.v4.runtime.tree.ParseTree;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Span;
import org.bitloom.dsl.syntax.antlr.BitloomParser;

/** Builds the syntax tree from ANTLR's; a clause with an error anywhere inside becomes {@link SyntaxTree.Unreadable}. */
final class TreeBuilder {
  private static final Pattern NOT_DIGITS = Pattern.compile("[^0-9]+");
  private static final Pattern LEADING_ZEROS = Pattern.compile("^0+");

  private final BadText bad;
  private final List<Diagnostic> diagnostics;

  TreeBuilder(BadText bad, List<Diagnostic> diagnostics) {
    this.bad = bad;
    this.diagnostics = diagnostics;
  }

  List<SyntaxTree.Declaration> declarations(BitloomParser.FileContext file) {
    List<SyntaxTree.Declaration> declarations = new ArrayList<>();
    for (ParseTree child : file.children) {
      switch (child) {
        case BitloomParser.FormatContext format -> declarations.add(format(format));
        case BitloomParser.KernelContext kernel -> declarations.add(kernel(kernel));
        default -> {
        }
      }
    }
    if (hasOwnError(file)) {
      declarations.add(new SyntaxTree.Unreadable(span(file)));
    }
    return declarations;
  }

  private SyntaxTree.Format format(BitloomParser.FormatContext format) {
    List<SyntaxTree.FormatClause> clauses = new ArrayList<>();
    for (BitloomParser.FormatClauseContext clause : format.formatClause()) {
      clauses.add(isUnreadable(clause) ? new SyntaxTree.Unreadable(span(clause)) : formatClause(clause));
    }
    if (hasOwnError(format)) {
      clauses.add(new SyntaxTree.Unreadable(span(format)));
    }
    return new SyntaxTree.Format(declaredName(format, format.name()), clauses, span(format));
  }

  private SyntaxTree.Kernel kernel(BitloomParser.KernelContext kernel) {
    List<SyntaxTree.KernelClause> clauses = new ArrayList<>();
    for (BitloomParser.KernelClauseContext clause : kernel.kernelClause()) {
      clauses.add(isUnreadable(clause) ? new SyntaxTree.Unreadable(span(clause)) : kernelClause(clause));
    }
    if (hasOwnError(kernel)) {
      clauses.add(new SyntaxTree.Unreadable(span(kernel)));
    }
    return new SyntaxTree.Kernel(declaredName(kernel, kernel.name()), clauses, span(kernel));
  }

  private SyntaxTree.Name declaredName(ParserRuleContext declaration, BitloomParser.NameContext name) {
    return name != null && !isUnreadable(name)
        ? name(name)
        : new SyntaxTree.Name("", Wording.span(declaration.getStart()));
  }

  private SyntaxTree.FormatClause formatClause(BitloomParser.FormatClauseContext clause) {
    Span span = span(clause);
    return switch (clause) {
      case BitloomParser.ElementClauseContext c -> new SyntaxTree.ElementClause(element(c.element()), span);
      case BitloomParser.ScaleClauseContext c -> new SyntaxTree.ScaleClause(floatType(c.scaleType().getStart()),
          granularity(c.granularity()), span);
      case BitloomParser.ZeroClauseContext c -> new SyntaxTree.ZeroClause(number(c.zeroType()),
          granularity(c.granularity()), span);
      case BitloomParser.OffsetClauseContext c -> new SyntaxTree.OffsetClause(floatType(c.offsetType().getStart()),
          granularity(c.granularity()), span);
      default -> throw new IllegalStateException("no such clause: " + clause.getText());
    };
  }

  private SyntaxTree.Element element(BitloomParser.ElementContext element) {
    Span span = span(element);
    return switch (element) {
      case BitloomParser.FloatElementContext c -> {
        String shape = c.floatShape().getText();
        int m = shape.indexOf('m');
        yield new SyntaxTree.FloatElement(Integer.parseInt(shape.substring(1, m)),
            Integer.parseInt(shape.substring(m + 1)), Optional.ofNullable(c.specials()).map(TreeBuilder::specials),
            Optional.ofNullable(c.exponentBias()).map(TreeBuilder::integer), span);
      }
      case BitloomParser.SizedElementContext c -> new SyntaxTree.SizedElement(sizedKind(c.sizedKind().getStart()),
          integer(c.width()), span);
      case BitloomParser.TernaryElementContext _ -> new SyntaxTree.TernaryElement(span);
      case BitloomParser.CodebookElementContext c -> new SyntaxTree.CodebookElement(
          c.real().stream().map(r -> new SyntaxTree.Real(Double.parseDouble(r.getText()), span(r))).toList(), span);
      default -> throw new IllegalStateException("no such element: " + element.getText());
    };
  }

  private SyntaxTree.KernelClause kernelClause(BitloomParser.KernelClauseContext clause) {
    Span span = span(clause);
    return switch (clause) {
      case BitloomParser.EquationClauseContext c -> new SyntaxTree.EquationClause(
          new SyntaxTree.FloatNumber(floatType(c.resultType().getStart()), span(c.resultType())),
          number(c.activationType()), name(c.name()), span);
      case BitloomParser.TileClauseContext c -> new SyntaxTree.TileClause(
          c.tileAxis().stream().map(a -> new SyntaxTree.TileAxis(axis(a.axis()), bounds(a.range()), span(a))).toList(),
          span);
      case BitloomParser.StagesClauseContext c -> new SyntaxTree.StagesClause(bounds(c.range()), span);
      case BitloomParser.SplitClauseContext c -> new SyntaxTree.SplitClause(bounds(c.range()), span);
      case BitloomParser.EpilogueClauseContext c -> new SyntaxTree.EpilogueClause(
          c.epilogueStep().stream().map(s -> new SyntaxTree.EpilogueStep(step(s), span(s))).toList(), span);
      default -> throw new IllegalStateException("no such clause: " + clause.getText());
    };
  }

  private static SyntaxTree.Name name(BitloomParser.NameContext name) {
    return new SyntaxTree.Name(name.getText(), span(name));
  }

  private static SyntaxTree.Int integer(ParserRuleContext number) {
    return new SyntaxTree.Int(Integer.parseInt(number.getText()), span(number));
  }

  private static SyntaxTree.Bounds bounds(BitloomParser.RangeContext range) {
    int low = Integer.parseInt(range.bound().getFirst().getText());
    int high = Integer.parseInt(range.bound().getLast().getText());
    return new SyntaxTree.Bounds(low, high, span(range));
  }

  private static SyntaxTree.Number number(ParserRuleContext type) {
    BitloomParser.WidthContext width = type.getRuleContext(BitloomParser.WidthContext.class, 0);
    return width == null
        ? new SyntaxTree.FloatNumber(floatType(type.getStart()), span(type))
        : new SyntaxTree.SizedNumber(sizedKind(type.getStart()), integer(width), span(type));
  }

  private static SyntaxTree.Granularity granularity(BitloomParser.GranularityContext granularity) {
    Span span = span(granularity);
    return switch (granularity.getStart().getType()) {
      case BitloomParser.ROW -> new SyntaxTree.Row(span);
      case BitloomParser.TENSOR -> new SyntaxTree.Tensor(span);
      default -> new SyntaxTree.Group(Integer.parseInt(granularity.getText()), span);
    };
  }

  private static NumberType.Float floatType(Token token) {
    return switch (token.getType()) {
      case BitloomParser.F16 -> NumberType.Float.F16;
      case BitloomParser.BF16 -> NumberType.Float.BF16;
      case BitloomParser.F32 -> NumberType.Float.F32;
      case BitloomParser.E8M0 -> NumberType.Float.E8M0;
      case BitloomParser.E4M3 -> NumberType.Float.E4M3;
      default -> throw new IllegalStateException("no floating-point type: " + token.getText());
    };
  }

  private static SyntaxTree.SizedKind sizedKind(Token token) {
    return switch (token.getType()) {
      case BitloomParser.INT -> SyntaxTree.SizedKind.INT;
      case BitloomParser.UINT -> SyntaxTree.SizedKind.UINT;
      case BitloomParser.BIPOLAR -> SyntaxTree.SizedKind.BIPOLAR;
      case BitloomParser.BINARY -> SyntaxTree.SizedKind.BINARY;
      default -> throw new IllegalStateException("no kind with a width: " + token.getText());
    };
  }

  private static Codec.Specials specials(BitloomParser.SpecialsContext specials) {
    return switch (specials.getStart().getType()) {
      case BitloomParser.FN -> Codec.Specials.FN;
      case BitloomParser.IEEE -> Codec.Specials.IEEE;
      default -> Codec.Specials.FINITE;
    };
  }

  private static SyntaxTree.Axis axis(BitloomParser.AxisContext axis) {
    return switch (axis.getStart().getType()) {
      case BitloomParser.M -> SyntaxTree.Axis.M;
      case BitloomParser.N -> SyntaxTree.Axis.N;
      default -> SyntaxTree.Axis.K;
    };
  }

  private static Epilogue step(BitloomParser.EpilogueStepContext step) {
    return switch (step.getStart().getType()) {
      case BitloomParser.SILU -> Epilogue.SILU;
      case BitloomParser.GELU -> Epilogue.GELU;
      default -> Epilogue.BIAS;
    };
  }

  /** Whether a clause or name holds an error, bad text or an integer too large; the last is reported here. */
  private boolean isUnreadable(ParserRuleContext node) {
    int from = node.getStart().getTokenIndex();
    boolean broken = isBroken(node) || node.getStop() == null || bad.isWithin(from, node.getStop().getTokenIndex());
    return hasHugeInteger(node) || broken;
  }

  private static boolean isBroken(ParserRuleContext node) {
    return hasOwnError(node) || childRules(node).stream().anyMatch(TreeBuilder::isBroken);
  }

  private static boolean hasOwnError(ParserRuleContext node) {
    return node.exception != null
        || (node.children != null && node.children.stream().anyMatch(ErrorNode.class::isInstance));
  }

  private boolean hasHugeInteger(ParserRuleContext node) {
    boolean huge = false;
    switch (node) {
      case BitloomParser.FloatShapeContext _,BitloomParser.ExponentBiasContext _,BitloomParser.WidthContext _,BitloomParser.BoundContext _,BitloomParser.GranularityContext _ -> {
        huge = isHuge(node.getText());
        if (huge) {
          diagnostics.add(Diagnostic.error(span(node), Wording.quote(node.getText()) + " is too large a number")
              .expecting("at most " + Integer.MAX_VALUE));
        }
      }
      default -> {
        for (ParserRuleContext child : childRules(node)) {
          huge |= hasHugeInteger(child);
        }
      }
    }
    return huge;
  }

  private static boolean isHuge(String text) {
    return NOT_DIGITS.splitAsStream(text).anyMatch(TreeBuilder::overflows);
  }

  private static boolean overflows(String digits) {
    String number = LEADING_ZEROS.matcher(digits).replaceFirst("");
    return number.length() > 10 || (number.length() == 10 && Long.parseLong(number) > Integer.MAX_VALUE);
  }

  private static List<ParserRuleContext> childRules(ParserRuleContext node) {
    return node.getRuleContexts(ParserRuleContext.class);
  }

  /** From the first to the last character of a rule; the last may be missing after an error. */
  private static Span span(ParserRuleContext node) {
    Span first = Wording.span(node.getStart());
    return node.getStop() == null || node.getStop().getStopIndex() < first.start()
        ? new Span(first.start(), first.start())
        : first.to(Wording.span(node.getStop()));
  }
}
