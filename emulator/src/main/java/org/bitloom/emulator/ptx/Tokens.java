package org.bitloom.emulator.ptx;

import java.util.List;

import org.bitloom.emulator.ptx.Lexer.Kind;
import org.bitloom.emulator.ptx.Lexer.Token;

/** A position in a list of tokens, and the few questions that the parsers ask of it. */
final class Tokens {
  private final String text;
  private final List<Token> tokens;
  private int at;

  Tokens(String text) {
    this.text = text;
    this.tokens = new Lexer(text).tokens();
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    if (at < tokens.size() - 1) {
      at++;
    }
    return token;
  }

  boolean atEnd() {
    return peek().kind() == Kind.END;
  }

  boolean accept(String mark) {
    if (peek().is(mark)) {
      next();
      return true;
    }
    return false;
  }

  Token expect(String mark) {
    Token token = next();
    if (!token.is(mark)) {
      throw error(token, "expected '" + mark + "', found '" + token.text() + "'");
    }
    return token;
  }

  String word() {
    Token token = next();
    if (token.kind() != Kind.WORD) {
      throw error(token, "expected a name, found '" + token.text() + "'");
    }
    return token.text();
  }

  long integer() {
    boolean negative = accept("-");
    Token token = next();
    if (token.kind() != Kind.NUMBER) {
      throw error(token, "expected a number, found '" + token.text() + "'");
    }
    long value = integer(token);
    return negative ? -value : value;
  }

  /** An integer constant (PTX ISA 4.5.1). */
  static long integer(Token token) {
    String s = token.text();
    String digits = s.endsWith("U") ? s.substring(0, s.length() - 1) : s;
    try {
      if (digits.startsWith("0x") || digits.startsWith("0X")) {
        return Long.parseUnsignedLong(digits.substring(2), 16);
      }
      if (digits.startsWith("0b") || digits.startsWith("0B")) {
        return Long.parseUnsignedLong(digits.substring(2), 2);
      }
      return digits.length() > 1 && digits.startsWith("0")
          ? Long.parseUnsignedLong(digits, 8)
          : Long.parseUnsignedLong(digits);
    } catch (NumberFormatException e) {
      throw error(token, "not an integer: '" + s + "'");
    }
  }

  void skipPast(String mark) {
    boolean found = false;
    while (!found && !atEnd()) {
      found = next().is(mark);
    }
  }

  /** Skips a block from its opening brace to the matching closing one. */
  void skipBlock() {
    int depth = 0;
    do {
      Token token = next();
      depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
    } while (depth > 0 && !atEnd());
  }

  /** The text from token {@code first} to the one before the current, in one line. */
  String textFrom(Token first) {
    return text.substring(first.start(), tokens.get(at - 1).end()).replaceAll("\\s+", " ");
  }

  static PtxSyntaxException error(Token token, String message) {
    return new PtxSyntaxException(token.line(), message);
  }
}
