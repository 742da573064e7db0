package org.bitloom.dsl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.Program;

/** Writes the canonical text of trees and checked values; parsing it gives the same tree, spans apart. */
public final class Printer {
  private static final int LINE = 100;

  private Printer() {
  }

  /** The canonical text of a tree: one clause a line, a blank line between declarations. */
  public static String print(SyntaxTree tree) {
    return tree.declarations().stream().map(Printer::declaration).collect(Collectors.joining("\n"));
  }

  /** The canonical text of a checked format, every default spelt out. */
  public static String print(FormatSpec format) {
    return declaration(ModelSyntax.of(format));
  }

  /** The canonical text of a checked kernel, every default spelt out; it names its format. */
  public static String print(KernelSpec kernel) {
    return declaration(ModelSyntax.of(kernel));
  }

  /** The canonical text of a checked program: its formats, then its kernels. */
  public static String print(Program program) {
    return print(ModelSyntax.of(program));
  }

  private static String declaration(SyntaxTree.Declaration declaration) {
    return switch (declaration) {
      case SyntaxTree.Format f -> block("format", f.name(), f.clauses().stream().map(Printer::clause).toList());
      case SyntaxTree.Kernel k -> block("kernel", k.name(), k.clauses().stream().map(Printer::clause).toList());
      case SyntaxTree.Unreadable _ -> "// unreadable\n";
    };
  }

  private static String block(String word, SyntaxTree.Name name, List<String> clauses) {
    StringBuilder out = new StringBuilder(word).append(' ').append(name.text()).append(" {\n");
    clauses.forEach(clause -> out.append("  ").append(clause).append('\n'));
    return out.append("}\n").toString();
  }

  private static String clause(SyntaxTree.FormatClause clause) {
    return switch (clause) {
      case SyntaxTree.ElementClause c -> "element " + element(c.element());
      case SyntaxTree.ScaleClause c -> "scale " + c.type().spelling() + " per " + granularity(c.per());
      case SyntaxTree.ZeroClause c -> "zero " + number(c.type()) + " per " + granularity(c.per());
      case SyntaxTree.OffsetClause c -> "offset " + c.type().spelling() + " per " + granularity(c.per());
      case SyntaxTree.Unreadable _ -> "// unreadable";
    };
  }

  private static String clause(SyntaxTree.KernelClause clause) {
    return switch (clause) {
      case SyntaxTree.EquationClause c -> "y " + number(c.y()) + " = x " + number(c.x()) + " * " + c.weights().text();
      case SyntaxTree.TileClause c -> "tile " + c.axes().stream().map(a -> word(a.axis()) + " " + bounds(a.range()))
          .collect(Collectors.joining(", "));
      case SyntaxTree.StagesClause c -> "stages " + bounds(c.range());
      case SyntaxTree.SplitClause c -> "split_k " + bounds(c.range());
      case SyntaxTree.EpilogueClause c -> "epilogue "
          + c.steps().stream().map(s -> s.step().spelling()).collect(Collectors.joining(", "));
      case SyntaxTree.Unreadable _ -> "// unreadable";
    };
  }

  private static String element(SyntaxTree.Element element) {
    return switch (element) {
      case SyntaxTree.FloatElement f -> "float e" + f.exponent() + "m" + f.mantissa()
          + f.specials().map(s -> " " + word(s)).orElse("") + f.bias().map(b -> " bias " + b.value()).orElse("");
      case SyntaxTree.SizedElement s -> word(s.kind()) + " " + s.width().value();
      case SyntaxTree.TernaryElement _ -> "ternary";
      case SyntaxTree.CodebookElement c -> "codebook [" + entries(c.entries()) + "]";
    };
  }

  /** Entries with commas between, broken into lines. */
  private static String entries(List<SyntaxTree.Real> entries) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < entries.size(); i++) {
      String entry = real(entries.get(i).value()) + (i + 1 < entries.size() ? "," : "");
      if (!line.isEmpty() && line.length() + 1 + entry.length() > LINE - 22) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(entry);
    }
    lines.add(line.toString());
    return String.join("\n    ", lines);
  }

  /** The shortest decimal that reads back as this very double; too large a number is written as one too large to hold. */
  private static String real(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "1e999" : "-1e999";
    }
    return Double.toString(value).toLowerCase(Locale.ROOT);
  }

  private static String number(SyntaxTree.Number number) {
    return switch (number) {
      case SyntaxTree.FloatNumber f -> f.type().spelling();
      case SyntaxTree.SizedNumber s -> word(s.kind()) + " " + s.width().value();
    };
  }

  private static String granularity(SyntaxTree.Granularity granularity) {
    return switch (granularity) {
      case SyntaxTree.Row _ -> "row";
      case SyntaxTree.Tensor _ -> "tensor";
      case SyntaxTree.Group g -> Integer.toString(g.size());
    };
  }

  private static String bounds(SyntaxTree.Bounds range) {
    return range.low() == range.high() ? Integer.toString(range.low()) : range.low() + ".." + range.high();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
