package org.bitloom.dsl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.bitloom.dsl.check.Checker;
import org.bitloom.dsl.model.Program;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.source.Span;
import org.bitloom.dsl.syntax.Parser;

/** The front of the language: text in, checked program and everything that is wrong out. */
public final class Language {
  /** Diagnostics of one text beyond this number are counted, not shown. */
  public static final int MOST_DIAGNOSTICS = 100;

  private Language() {
  }

  /**
   * A compiled text.
   *
   * @param program the declarations that are right; all of them if there is no error
   * @param diagnostics what is wrong, in the order of the text
   */
  public record Checked(Source source, Program program, List<Diagnostic> diagnostics) {
    public Checked {
      diagnostics = List.copyOf(diagnostics);
    }

    /** Whether the whole text has a meaning. */
    public boolean isOk() {
      return diagnostics.isEmpty();
    }

    /** All diagnostics for a terminal, each ending with a line feed, a blank line between; empty if there are none. */
    public String report() {
      return String.join("\n", diagnostics.stream().map(d -> d.render(source) + "\n").toList());
    }
  }

  /** Parses and checks a text; never throws for what the text says. */
  public static Checked compile(Source source) {
    Parser.Result parsed = Parser.parse(source);
    Checker.Result checked = Checker.check(parsed.tree());
    List<Diagnostic> diagnostics = new ArrayList<>(parsed.diagnostics());
    diagnostics.addAll(checked.diagnostics());
    diagnostics.sort(Comparator.comparingInt(d -> d.span().start()));
    return new Checked(source, checked.program(), first(diagnostics));
  }

  private static List<Diagnostic> first(List<Diagnostic> all) {
    if (all.size() <= MOST_DIAGNOSTICS) {
      return all;
    }
    List<Diagnostic> shown = new ArrayList<>(all.subList(0, MOST_DIAGNOSTICS));
    Span next = all.get(MOST_DIAGNOSTICS).span();
    shown.add(Diagnostic.error(next, (all.size() - MOST_DIAGNOSTICS) + " more errors from here on are not shown"));
    return shown;
  }
}
