package org.bitloom.emulator.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.bitloom.emulator.ptx.Lexer.Kind;
import org.bitloom.emulator.ptx.Lexer.Token;
import org.bitloom.emulator.ptx.PtxModule.Entry;
import org.bitloom.emulator.ptx.PtxModule.Space;
import org.bitloom.emulator.ptx.PtxModule.Variable;

/** Reads a PTX text (PTX ISA 4) into a {@link PtxModule}. */
public final class PtxParser {
  private final Tokens tokens;
  private final Map<Integer, String> files = new HashMap<>();
  private final List<Variable> variables = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private String version = "";
  private String target = "";

  private PtxParser(String text) {
    this.tokens = new Tokens(text);
  }

  /**
   * Parses {@code text}.
   *
   * @throws PtxSyntaxException if it is not PTX that this parser knows
   */
  public static PtxModule parse(String text) {
    PtxParser parser = new PtxParser(text);
    parser.collectFiles();
    while (!parser.tokens.atEnd()) {
      parser.directive();
    }
    return new PtxModule(parser.version, parser.target, parser.variables, parser.entries);
  }

  /** NVRTC writes its .file directives at the end, behind the .loc directives that use them. */
  private void collectFiles() {
    for (int i = 0; tokens.peek(i).kind() != Kind.END; i++) {
      if (tokens.peek(i).is(".file") && tokens.peek(i + 1).kind() == Kind.NUMBER) {
        String quoted = tokens.peek(i + 2).text();
        files.put((int) Tokens.integer(tokens.peek(i + 1)), quoted.substring(1, quoted.length() - 1));
      }
    }
  }

  private void directive() {
    Token token = tokens.next();
    switch (token.text()) {
      case ".version" -> version = tokens.next().text();
      case ".target" -> {
        target = tokens.word();
        while (tokens.accept(",")) {
          tokens.word();
        }
      }
      case ".address_size" -> tokens.integer();
      case ".file" -> {
        tokens.integer();
        tokens.next();
        while (tokens.accept(",")) {
          tokens.integer();
        }
      }
      case ".section" -> {
        tokens.word();
        tokens.skipBlock();
      }
      case ".visible", ".extern", ".weak", ".common" -> {
        // linkage says nothing about what a kernel does
      }
      case ".entry" -> entry();
      case ".func" -> skipFunction();
      default -> {
        if (!VariableParser.isSpace(token.text())) {
          throw Tokens.error(token, "unknown directive '" + token.text() + "'");
        }
        variables.add(new VariableParser(tokens).variable(space(token)));
        tokens.expect(";");
      }
    }
  }

  private static Space space(Token token) {
    return Space.valueOf(token.text().substring(1).toUpperCase(Locale.ROOT));
  }

  private void entry() {
    String name = tokens.word();
    List<Variable> parameters = new ArrayList<>();
    if (tokens.accept("(")) {
      while (!tokens.accept(")")) {
        tokens.expect(".param");
        parameters.add(new VariableParser(tokens).variable(Space.PARAM));
        tokens.accept(",");
      }
    }
    int[] cluster = {1, 1, 1};
    while (!tokens.peek().is("{")) {
      if (tokens.next().is(".reqnctapercluster")) {
        int i = 0;
        do {
          cluster[i++] = (int) tokens.integer();
        } while (tokens.accept(","));
      }
    }
    BodyParser body = new BodyParser(tokens, files);
    body.read();
    entries.add(new Entry(name, parameters, body.registers(), body.variables(), body.statements(),
        new PtxModule.Extent(cluster[0], cluster[1], cluster[2])));
  }

  /** Functions are skipped; a kernel that calls one is refused when the call is reached. */
  private void skipFunction() {
    while (!tokens.peek().is("{") && !tokens.peek().is(";")) {
      tokens.next();
    }
    if (!tokens.accept(";")) {
      tokens.skipBlock();
    }
  }
}
