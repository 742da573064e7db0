package org.bitloom.emulator.ptx;

import java.util.ArrayList;
import java.util.List;

/** Cuts PTX text into tokens (PTX ISA 4); comments and white space are dropped. */
final class Lexer {
  /** What a token is. */
  enum Kind {
    WORD, NUMBER, STRING, MARK, END
  }

  /** A token, the PTX line it is on, and where it starts in the text. */
  record Token(Kind kind, String text, int line, int start, int end) {
    boolean is(String expected) {
      return text.equals(expected) && kind != Kind.STRING;
    }
  }

  private final String text;
  private int at;
  private int line = 1;

  Lexer(String text) {
    this.text = text;
  }

  List<Token> tokens() {
    List<Token> tokens = new ArrayList<>();
    while (true) {
      skipBlank();
      if (at >= text.length()) {
        tokens.add(new Token(Kind.END, "end of text", line, at, at));
        return tokens;
      }
      int start = at;
      Kind kind = next(text.charAt(at));
      tokens.add(new Token(kind, text.substring(start, at), line, start, at));
    }
  }

  private Kind next(char c) {
    if (c == '"') {
      at = text.indexOf('"', at + 1) + 1;
      if (at == 0) {
        throw new PtxSyntaxException(line, "a string does not end");
      }
      return Kind.STRING;
    }
    if (Character.isDigit(c)) {
      while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      return Kind.NUMBER;
    }
    if (wordStart(c)) {
      while (at < text.length() && wordPart()) {
        at++;
      }
      return Kind.WORD;
    }
    at++;
    return Kind.MARK;
  }

  private static boolean wordStart(char c) {
    return Character.isLetter(c) || c == '_' || c == '$' || c == '%' || c == '.';
  }

  private boolean wordPart() {
    char c = text.charAt(at);
    if (c == ':') {
      if (text.startsWith("::", at)) {
        at++;
        return true;
      }
      return false;
    }
    return wordStart(c) || Character.isDigit(c);
  }

  private void skipBlank() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
        at++;
      } else if (Character.isWhitespace(c)) {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at);
        String comment = text.substring(at, end < 0 ? text.length() : end);
        line += (int) comment.chars().filter(x -> x == '\n').count();
        at = end < 0 ? text.length() : end + 2;
      } else {
        return;
      }
    }
  }
}
