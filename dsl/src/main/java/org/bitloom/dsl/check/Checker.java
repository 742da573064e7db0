package org.bitloom.dsl.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.Program;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.syntax.SyntaxTree;

/** Turns a syntax tree into checked values: names, ranges and units are right, and every kernel knows its format. */
public final class Checker {
  private Checker() {
  }

  /**
   * What a tree means.
   *
   * @param program the declarations without errors
   * @param diagnostics what is wrong, in the order of the text; silent about what the parser has reported
   */
  public record Result(Program program, List<Diagnostic> diagnostics) {
    public Result {
      diagnostics = List.copyOf(diagnostics);
    }
  }

  /** Checks the whole tree. Formats may be used before their declaration. */
  public static Result check(SyntaxTree tree) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    Names names = new Names(diagnostics);
    Map<String, Optional<FormatSpec>> formats = new LinkedHashMap<>();
    List<SyntaxTree.Kernel> kernels = new ArrayList<>();
    boolean complete = true;
    for (SyntaxTree.Declaration declaration : tree.declarations()) {
      boolean named = names.declare(declaration.name());
      switch (declaration) {
        case SyntaxTree.Format format -> {
          complete &= !format.name().text().isEmpty();
          Optional<FormatSpec> checked = new FormatChecker(diagnostics).check(format);
          formats.putIfAbsent(format.name().text(), named ? checked : Optional.empty());
        }
        case SyntaxTree.Kernel kernel -> kernels.add(kernel);
        case SyntaxTree.Unreadable _ -> complete = false;
      }
    }
    KernelChecker checker = new KernelChecker(new Formats(formats, complete), diagnostics);
    List<KernelSpec> checked = kernels.stream().flatMap(kernel -> checker.check(kernel).stream()).toList();
    diagnostics.sort(Comparator.comparingInt(d -> d.span().start()));
    List<FormatSpec> right = formats.values().stream().flatMap(Optional::stream).toList();
    return new Result(new Program(right, checked), diagnostics);
  }
}
