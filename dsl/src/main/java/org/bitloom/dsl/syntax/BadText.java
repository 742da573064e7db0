package org.bitloom.dsl.syntax;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

import org.antlr.v4.runtime.Token;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.source.Span;
import org.bitloom.dsl.syntax.antlr.BitloomLexer;

/**
 * What is no token at all: characters without meaning, comments without end.
 *
 * @param tokens the token indexes of all bad text
 * @param runs each run of bad characters, reported unless it lies in text that is skipped as a whole
 * @param comment the comment without end
 */
record BadText(BitSet tokens, List<Run> runs, Optional<Diagnostic> comment) {
  /** Neighbouring bad characters, the first of which is token {@code index}. */
  record Run(int index, Diagnostic diagnostic) {
  }

  static BadText find(List<Token> all, Source source) {
    BitSet tokens = new BitSet();
    List<Run> runs = new ArrayList<>();
    Optional<Diagnostic> comment = Optional.empty();
    for (int i = 0; i < all.size(); i++) {
      Token token = all.get(i);
      if (token.getType() == BitloomLexer.BLOCK_COMMENT && !isClosed(token.getText())) {
        tokens.set(i);
        comment = Optional.of(Diagnostic.error(new Span(token.getStartIndex(), token.getStartIndex() + 2),
            "this comment is never closed").expecting("'*/' before the end of the text"));
      }
      if (token.getType() == BitloomLexer.BAD_CHARACTER) {
        int end = endOfRun(all, i);
        tokens.set(i, end);
        runs.add(new Run(i, report(source, new Span(token.getStartIndex(), all.get(end - 1).getStopIndex() + 1))));
        i = end - 1;
      }
    }
    return new BadText(tokens, List.copyOf(runs), comment);
  }

  boolean isEmpty() {
    return tokens.isEmpty();
  }

  /** Whether the token before {@code index} is bad, so that what goes wrong at {@code index} is its doing. */
  boolean isJustBefore(int index) {
    return index > 0 && tokens.get(index - 1);
  }

  /** Whether there is bad text among the tokens {@code first..last}. */
  boolean isWithin(int first, int last) {
    int next = tokens.nextSetBit(first);
    return next >= 0 && next <= last;
  }

  /** The diagnostics of all bad text outside the {@code skipped} tokens. */
  List<Diagnostic> outside(BitSet skipped) {
    List<Diagnostic> diagnostics = new ArrayList<>(comment.stream().toList());
    runs.stream().filter(run -> !skipped.get(run.index())).map(Run::diagnostic).forEach(diagnostics::add);
    return diagnostics;
  }

  private static int endOfRun(List<Token> all, int first) {
    int end = first + 1;
    while (end < all.size() && all.get(end).getType() == BitloomLexer.BAD_CHARACTER
        && all.get(end).getStartIndex() == all.get(end - 1).getStopIndex() + 1) {
      end++;
    }
    return end;
  }

  private static boolean isClosed(String comment) {
    return comment.length() >= 4 && comment.endsWith("*/");
  }

  private static Diagnostic report(Source source, Span span) {
    String text = source.text(span);
    boolean one = text.codePointCount(0, text.length()) == 1;
    Diagnostic diagnostic = Diagnostic.error(span, (one ? "the character " : "the characters ") + Wording.quote(text)
        + (one ? " means" : " mean") + " nothing in this language").suggesting(lookalike(text));
    return text.equals(";")
        ? diagnostic.expecting("a space or a new line, because clauses need no separator")
        : diagnostic;
  }

  private static Optional<String> lookalike(String text) {
    return switch (text) {
      case "\u2212", "\u2013", "\u2014" -> Optional.of("-");
      case "\u00d7", "\u00b7", "\u22c5" -> Optional.of("*");
      case "\u2026" -> Optional.of("..");
      case "\uff0c" -> Optional.of(",");
      case "\u00a0", "\u3000", "\u2009" -> Optional.of(" ");
      case "#" -> Optional.of("//");
      case "(" -> Optional.of("[");
      case ")" -> Optional.of("]");
      default -> Optional.empty();
    };
  }
}
