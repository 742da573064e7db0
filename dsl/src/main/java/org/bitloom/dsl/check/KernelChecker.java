package org.bitloom.dsl.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.Range;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Spelling;
import org.bitloom.dsl.syntax.SyntaxTree;
import org.bitloom.dsl.syntax.SyntaxTree.Axis;

/** Checks one kernel: its equation, its ranges and its epilogue; fills in what is left out. */
final class KernelChecker {
  private static final Limit STAGES = new Limit("stages", 1, 32, new Range(2, 8));
  private static final Limit SPLIT_K = new Limit("split_k", 1, 256, new Range(1, 16));

  private final Formats formats;
  private final List<Diagnostic> diagnostics;

  KernelChecker(Formats formats, List<Diagnostic> diagnostics) {
    this.formats = formats;
    this.diagnostics = diagnostics;
  }

  /** What a range may hold, and what it is where it is left out. */
  private record Limit(String what, int step, int most, Range usual) {
    static Limit of(Axis axis) {
      return switch (axis) {
        case M -> new Limit("tile m", 8, 1024, new Range(8, 64));
        case N -> new Limit("tile n", 16, 1024, new Range(16, 256));
        case K -> new Limit("tile k", 16, 8192, new Range(64, 512));
      };
    }
  }

  /** The clauses of one kernel by kind. */
  private static final class Clauses {
    final List<SyntaxTree.EquationClause> equations = new ArrayList<>();
    final List<SyntaxTree.TileClause> tiles = new ArrayList<>();
    final List<SyntaxTree.StagesClause> stages = new ArrayList<>();
    final List<SyntaxTree.SplitClause> splits = new ArrayList<>();
    final List<SyntaxTree.EpilogueClause> epilogues = new ArrayList<>();
    boolean readable = true;

    void sort(SyntaxTree.KernelClause clause) {
      switch (clause) {
        case SyntaxTree.EquationClause c -> equations.add(c);
        case SyntaxTree.TileClause c -> tiles.add(c);
        case SyntaxTree.StagesClause c -> stages.add(c);
        case SyntaxTree.SplitClause c -> splits.add(c);
        case SyntaxTree.EpilogueClause c -> epilogues.add(c);
        case SyntaxTree.Unreadable _ -> readable = false;
      }
    }
  }

  Optional<KernelSpec> check(SyntaxTree.Kernel kernel) {
    int before = diagnostics.size();
    Clauses clauses = new Clauses();
    kernel.clauses().forEach(clauses::sort);
    Optional<SyntaxTree.EquationClause> equation = Once.first(clauses.equations, SyntaxTree.EquationClause::span, "y",
        "a kernel", diagnostics);
    if (equation.isEmpty() && clauses.readable) {
      diagnostics.add(Diagnostic.error(kernel.name().span(), "this kernel computes nothing")
          .expecting("an equation, as in 'y f16 = x f16 * FORMAT'"));
    }
    Optional<FormatSpec> weights = equation.flatMap(e -> weights(e.weights()));
    Optional<NumberType> x = equation.flatMap(this::activation);
    Map<Axis, Range> tile = tile(
        Once.first(clauses.tiles, SyntaxTree.TileClause::span, "tile", "a kernel", diagnostics));
    Range stages = Once.first(clauses.stages, SyntaxTree.StagesClause::span, "stages", "a kernel", diagnostics)
        .map(c -> range(c.range(), STAGES)).orElse(STAGES.usual());
    Range splitK = Once.first(clauses.splits, SyntaxTree.SplitClause::span, "split_k", "a kernel", diagnostics)
        .map(c -> range(c.range(), SPLIT_K)).orElse(SPLIT_K.usual());
    List<Epilogue> epilogue = Once
        .first(clauses.epilogues, SyntaxTree.EpilogueClause::span, "epilogue", "a kernel", diagnostics)
        .map(this::epilogue).orElse(List.of());
    boolean right = clauses.readable && diagnostics.size() == before && !kernel.name().text().isEmpty();
    if (!right || weights.isEmpty() || x.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new KernelSpec(kernel.name().text(), equation.orElseThrow().y().type(), x.get(), weights.get(),
        tile.get(Axis.M), tile.get(Axis.N), tile.get(Axis.K), stages, splitK, epilogue, kernel.span()));
  }

  private Optional<FormatSpec> weights(SyntaxTree.Name name) {
    Optional<FormatSpec> declared = formats.byName().get(name.text());
    if (declared != null) {
      return declared;
    }
    if (formats.complete()) {
      diagnostics.add(Diagnostic.error(name.span(), "there is no format '" + name.text() + "'")
          .expecting("a format declared in this text")
          .suggesting(Spelling.closest(name.text(), formats.byName().keySet())));
    }
    return Optional.empty();
  }

  private Optional<NumberType> activation(SyntaxTree.EquationClause equation) {
    return switch (equation.x()) {
      case SyntaxTree.FloatNumber f -> {
        if (f.type() != equation.y().type()) {
          diagnostics.add(Diagnostic.error(equation.y().span(), "y is " + equation.y().type().spelling() + " and x is "
              + f.type().spelling()).expecting("y of x's type, because one layer's result is the next one's x"));
        }
        yield Optional.of(f.type());
      }
      case SyntaxTree.SizedNumber s -> {
        var width = ElementChecker.width(s.width(), "an activation", diagnostics);
        if (width.isEmpty()) {
          yield Optional.empty();
        }
        yield Optional.of(switch (s.kind()) {
          case INT -> new NumberType.Int(width.getAsInt());
          case BIPOLAR -> new NumberType.Bipolar(width.getAsInt());
          case UINT, BINARY -> throw new IllegalStateException("the grammar has no activation of kind " + s.kind());
        });
      }
    };
  }

  private Map<Axis, Range> tile(Optional<SyntaxTree.TileClause> clause) {
    Map<Axis, Range> ranges = new EnumMap<>(Axis.class);
    for (SyntaxTree.TileAxis axis : clause.map(SyntaxTree.TileClause::axes).orElse(List.of())) {
      Limit limit = Limit.of(axis.axis());
      if (ranges.put(axis.axis(), range(axis.range(), limit)) != null) {
        diagnostics
            .add(Diagnostic.error(axis.span(), limit.what() + " is given twice").expecting("one range for each axis"));
      }
    }
    for (Axis axis : Axis.values()) {
      ranges.putIfAbsent(axis, Limit.of(axis).usual());
    }
    return ranges;
  }

  /** The range if it is right; else reports it and answers the usual one. */
  private Range range(SyntaxTree.Bounds bounds, Limit limit) {
    Optional<Diagnostic> wrong = Optional.empty();
    if (bounds.low() < 1) {
      wrong = Optional.of(Diagnostic.error(bounds.span(), limit.what() + " cannot be " + bounds.low())
          .expecting("at least " + limit.step()));
    } else if (bounds.high() < bounds.low()) {
      wrong = Optional.of(
          Diagnostic.error(bounds.span(), "the range " + bounds.low() + ".." + bounds.high() + " holds nothing")
              .expecting("the smaller number first")
              .suggesting(Optional.of(bounds.high() + ".." + bounds.low())));
    } else if (bounds.low() % limit.step() != 0 || bounds.high() % limit.step() != 0) {
      int odd = bounds.low() % limit.step() != 0 ? bounds.low() : bounds.high();
      wrong = Optional.of(Diagnostic.error(bounds.span(), limit.what() + " cannot be " + odd)
          .expecting("a multiple of " + limit.step() + ", because a Tensor Core step takes that many"));
    } else if (bounds.high() > limit.most()) {
      wrong = Optional.of(Diagnostic.error(bounds.span(), limit.what() + " cannot be " + bounds.high())
          .expecting("at most " + limit.most()));
    }
    wrong.ifPresent(diagnostics::add);
    return wrong.isPresent() ? limit.usual() : new Range(bounds.low(), bounds.high());
  }

  private List<Epilogue> epilogue(SyntaxTree.EpilogueClause clause) {
    Set<Epilogue> seen = EnumSet.noneOf(Epilogue.class);
    for (SyntaxTree.EpilogueStep step : clause.steps()) {
      boolean activation = step.step() != Epilogue.BIAS;
      if (seen.contains(step.step())) {
        diagnostics.add(
            Diagnostic.error(step.span(), step.step().spelling() + " is given twice").expecting("each step once"));
      } else if (activation && (seen.contains(Epilogue.SILU) || seen.contains(Epilogue.GELU))) {
        diagnostics
            .add(
                Diagnostic.error(step.span(), "silu and gelu exclude each other").expecting("one activation function"));
      }
      seen.add(step.step());
    }
    return clause.steps().stream().map(SyntaxTree.EpilogueStep::step).toList();
  }
}
