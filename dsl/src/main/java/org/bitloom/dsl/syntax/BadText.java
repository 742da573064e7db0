package org.bitloom.dsl.syntax;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

import org.antlr.v4.runtime.Token;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.source.Span;
import org.bitloom.dsl.syntax.antlr.BitloomLexer;

/** Reports what is no token at all: characters without meaning, comments without end. */
final class BadText {
  private BadText() {
  }

  /** The token indexes of bad text; one diagnostic for each run of bad characters. */
  static BitSet find(List<Token> tokens, Source source, List<Diagnostic> diagnostics) {
    BitSet bad = new BitSet();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.getType() == BitloomLexer.BAD_CHARACTER) {
        int end = i;
        while (end + 1 < tokens.size() && tokens.get(end + 1).getType() == BitloomLexer.BAD_CHARACTER
            && tokens.get(end + 1).getStartIndex() == tokens.get(end).getStopIndex() + 1) {
          end++;
        }
        bad.set(i, end + 1);
        diagnostics.add(badRun(source, new Span(token.getStartIndex(), tokens.get(end).getStopIndex() + 1)));
        i = end;
      } else if (token.getType() == BitloomLexer.BLOCK_COMMENT && !isClosed(token.getText())) {
        bad.set(i);
        diagnostics.add(Diagnostic.error(new Span(token.getStartIndex(), token.getStartIndex() + 2),
            "this comment is never closed").expecting("'*/' before the end of the text"));
      }
    }
    return bad;
  }

  private static boolean isClosed(String comment) {
    return comment.length() >= 4 && comment.endsWith("*/");
  }

  private static Diagnostic badRun(Source source, Span span) {
    String text = source.text(span);
    String what = text.codePointCount(0, text.length()) == 1 ? "the character " : "the characters ";
    String verb = text.codePointCount(0, text.length()) == 1 ? " means" : " mean";
    return Diagnostic.error(span, what + Wording.quote(text) + verb + " nothing in this language")
        .suggesting(lookalike(text));
  }

  private static Optional<String> lookalike(String text) {
    return switch (text) {
      case "\u2212", "\u2013", "\u2014" -> Optional.of("-");
      case "\u00d7", "\u00b7", "\u22c5" -> Optional.of("*");
      case "\u2026", "." -> Optional.of("..");
      case "\uff0c", ";" -> Optional.of(",");
      case "\u00a0", "\u3000", "\u2009" -> Optional.of(" ");
      case "#" -> Optional.of("//");
      case "(" -> Optional.of("[");
      case ")" -> Optional.of("]");
      case ":" -> Optional.of("=");
      default -> Optional.empty();
    };
  }
}
