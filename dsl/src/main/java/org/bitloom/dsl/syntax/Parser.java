package org.bitloom.dsl.syntax;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.source.Span;
import org.bitloom.dsl.syntax.antlr.BitloomLexer;
import org.bitloom.dsl.syntax.antlr.BitloomParser;

/** Turns text into a syntax tree and a list of what could not be read; never throws, whatever the text. */
public final class Parser {
  private Parser() {
  }

  /**
   * What was read of a text.
   *
   * @param tree all that could be read; {@link SyntaxTree.Unreadable} stands where something could not
   * @param diagnostics every syntax error, in the order of the text; none means that nothing in the tree is unreadable
   */
  public record Result(SyntaxTree tree, List<Diagnostic> diagnostics) {
    public Result {
      diagnostics = List.copyOf(diagnostics);
    }
  }

  /** Parses the whole text. */
  public static Result parse(Source source) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    BitloomLexer lexer = new BitloomLexer(CharStreams.fromString(withoutSurrogates(source.text())));
    lexer.removeErrorListeners();
    CommonTokenStream tokens = new CommonTokenStream(lexer);
    tokens.fill();
    BadText bad = BadText.find(tokens.getTokens(), source);

    BitloomParser parser = new BitloomParser(tokens);
    parser.removeErrorListeners();
    Recovery recovery = new Recovery(new Wording(source, tokens), bad, diagnostics);
    parser.setErrorHandler(recovery);
    BitloomParser.FileContext file = parser.file();
    List<SyntaxTree.Declaration> declarations = new TreeBuilder(bad, diagnostics).declarations(file);
    diagnostics.addAll(bad.outside(recovery.skipped()));

    if (declarations.isEmpty() && diagnostics.isEmpty()) {
      Diagnostic nothing = Diagnostic.error(new Span(0, 0), "this text declares nothing");
      diagnostics.add(nothing.expecting("a format or a kernel"));
    }
    diagnostics.sort(Comparator.comparingInt(d -> d.span().start()));
    return new Result(new SyntaxTree(declarations, new Span(0, source.text().length())), diagnostics);
  }

  /** One character for each half of a pair, so that ANTLR's code point offsets are offsets of the text. */
  private static String withoutSurrogates(String text) {
    if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      return text;
    }
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      if (Character.isSurrogate(chars[i])) {
        chars[i] = '\ufffd';
      }
    }
    return new String(chars);
  }
}
