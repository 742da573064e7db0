package org.bitloom.dsl.check;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Span;

/** The rule that a clause is given at most once. */
final class Once {
  private Once() {
  }

  /** The first of the clauses; reports every other one. */
  static <T> Optional<T> first(List<T> clauses, Function<T, Span> span, String word, String owner,
      List<Diagnostic> diagnostics) {
    clauses.stream().skip(1).forEach(clause -> diagnostics
        .add(Diagnostic.error(span.apply(clause), "a second " + word + " clause").expecting("one in " + owner)));
    return clauses.stream().findFirst();
  }
}
