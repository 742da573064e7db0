package org.bitloom.dsl.syntax;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.source.Span;
import org.bitloom.dsl.source.Spelling;
import org.bitloom.dsl.syntax.antlr.BitloomParser;

/** Says in the user's words what the parser could not match. */
final class Wording {
  private static final int LONGEST_QUOTE = 40;
  private static final Pattern GLUED = Pattern.compile("(int|uint|bipolar|binary)(\\d{1,3})");
  private static final String NAME = "lower-case letters a-z, digits and '_', beginning with a letter";

  private final Source source;
  private final CommonTokenStream tokens;

  Wording(Source source, CommonTokenStream tokens) {
    this.source = source;
    this.tokens = tokens;
  }

  /** What belongs in a place: a noun with its article, and what it may be, where that needs saying. */
  private record Place(String noun, Optional<String> right) {
    static Place of(String noun, String right) {
      return new Place(noun, Optional.of(right));
    }

    static Place literal(int token) {
      return new Place(Words.quoted(token), Optional.empty());
    }

    boolean isLiteral() {
      return noun.startsWith("'");
    }
  }

  /** A token that no rule accepts. */
  Diagnostic of(RecognitionException error) {
    Token found = error.getOffendingToken();
    ParserRuleContext context = (ParserRuleContext) error.getCtx();
    IntervalSet expected = error.getExpectedTokens();
    if (isUnclosed(context, expected)) {
      return unclosed(context, found);
    }
    Place place = place(context, expected);
    boolean reserved = Words.RESERVED.contains(found.getType());
    if (reserved && isDeclaredName(context)) {
      return Diagnostic.error(span(found), quote(text(found)) + " is a word of this language, not a name")
          .expecting("another name");
    }
    boolean missing = place.isLiteral() || reserved || found.getType() == Token.EOF
        || Words.isPunctuation(found.getType());
    Diagnostic diagnostic = missing
        ? Diagnostic.error(gapBefore(found), place.noun() + " is missing before " + described(found))
        : Diagnostic.error(span(found), quote(text(found)) + " is not " + place.noun());
    Diagnostic explained = place.right().map(diagnostic::expecting).orElse(diagnostic);
    return isWord(found) ? explained.suggesting(meant(found, expected)) : explained;
  }

  /** The first token of a run that begins no declaration ({@code rule} file) or clause ({@code rule} format, kernel). */
  Diagnostic stray(Token first, int rule) {
    String word = quote(text(first));
    Diagnostic nothing = Diagnostic.error(span(first), word + " does not belong here");
    if (rule != BitloomParser.RULE_file && first.getType() == BitloomParser.COMMA) {
      return nothing.expecting("a space or a new line, because clauses need no separator");
    }
    return switch (rule) {
      case BitloomParser.RULE_file -> {
        if (Words.CLAUSES.contains(first.getType())) {
          yield Diagnostic.error(span(first),
              word + " belongs inside a " + (Words.FORMAT_CLAUSES.contains(first.getType()) ? "format" : "kernel"));
        }
        yield nothing.expecting("'format' or 'kernel'").suggesting(closest(first, Words.DECLARATIONS));
      }
      case BitloomParser.RULE_format -> Words.KERNEL_CLAUSES.contains(first.getType())
          ? Diagnostic.error(span(first), word + " is a clause of kernels, not of formats")
          : nothing.expecting("a clause of a format (element, scale, zero, offset) or '}'")
              .suggesting(closest(first, Words.IN_FORMATS));
      default -> switch (first.getType()) {
        case BitloomParser.ELEMENT, BitloomParser.SCALE, BitloomParser.ZERO, BitloomParser.OFFSET ->
          Diagnostic.error(span(first), word + " is a clause of formats, not of kernels");
        case BitloomParser.M, BitloomParser.N, BitloomParser.K ->
          nothing.expecting("',' before it if it is one more axis of a tile");
        case BitloomParser.BIAS, BitloomParser.SILU, BitloomParser.GELU ->
          nothing.expecting("',' before it if it is one more step of an epilogue");
        case BitloomParser.SIGNED_INTEGER -> nothing.expecting("'..' between the ends of a range, as in 8..64");
        default -> nothing.expecting("a clause of a kernel (y = x * FORMAT, tile, stages, split_k, epilogue) or '}'")
            .suggesting(closest(first, Words.KERNEL_CLAUSES));
      };
    };
  }

  private static boolean isDeclaredName(ParserRuleContext context) {
    return context.getRuleIndex() == BitloomParser.RULE_name
        && context.getParent().getRuleIndex() != BitloomParser.RULE_kernelClause;
  }

  /** The word that was meant; {@code int4} was meant as two. */
  private Optional<String> meant(Token found, IntervalSet expected) {
    Matcher glued = GLUED.matcher(text(found));
    List<String> words = Words.spellings(expected);
    return glued.matches() && words.contains(glued.group(1))
        ? Optional.of(glued.group(1) + " " + glued.group(2))
        : Spelling.closest(text(found), words);
  }

  private Optional<String> closest(Token token, Iterable<Integer> words) {
    return isWord(token) ? Spelling.closest(text(token), Words.spellings(words)) : Optional.empty();
  }

  private static boolean isUnclosed(ParserRuleContext context, IntervalSet expected) {
    int rule = context.getRuleIndex();
    return (rule == BitloomParser.RULE_format || rule == BitloomParser.RULE_kernel)
        && expected.contains(BitloomParser.RBRACE);
  }

  private Diagnostic unclosed(ParserRuleContext context, Token found) {
    Token brace = context.getToken(BitloomParser.LBRACE, 0).getSymbol();
    Span span = brace.getTokenIndex() >= 0 ? span(brace) : span(context.getStart());
    String what = context.getRuleIndex() == BitloomParser.RULE_format ? "format" : "kernel";
    String where = found.getType() == Token.EOF
        ? "the end of the text"
        : described(found) + " on line " + source.line(found.getStartIndex());
    return Diagnostic.error(span, "this " + what + " is never closed").expecting("'}' before " + where);
  }

  private Place place(ParserRuleContext context, IntervalSet expected) {
    return switch (context.getRuleIndex()) {
      case BitloomParser.RULE_name -> context.getParent().getRuleIndex() == BitloomParser.RULE_kernelClause
          ? Place.of("the name of a format", "the name of a declared format after '*'")
          : Place.of("a name", NAME);
      case BitloomParser.RULE_element -> element(expected);
      case BitloomParser.RULE_floatShape ->
        Place.of("a float shape", "eXmY: X exponent bits, Y mantissa bits, as in e3m2");
      case BitloomParser.RULE_exponentBias -> Place.of("an exponent bias", "a whole number, as in bias 7");
      case BitloomParser.RULE_width -> Place.of("a width in bits", "a number from 1 to 8");
      case BitloomParser.RULE_real -> Place.of("a number", "a number such as 1, -0.5 or 2.5e-3");
      case BitloomParser.RULE_scaleType -> Place.of("a scale type", "a scale type: f16, bf16, f32, e8m0 or e4m3");
      case BitloomParser.RULE_zeroType -> Place.of("a zero point type",
          "a zero point type: int b, uint b, f16, bf16 or f32");
      case BitloomParser.RULE_offsetType -> Place.of("an offset type", "an offset type: f16, bf16 or f32");
      case BitloomParser.RULE_granularity -> Place.of("a granularity",
          "row, tensor or the number of weights in a group, as in 128");
      case BitloomParser.RULE_resultType -> Place.of("a result type", "a result type: f16 or bf16");
      case BitloomParser.RULE_activationType -> Place.of("an activation type",
          "an activation type: f16, bf16, bipolar b or int b");
      case BitloomParser.RULE_axis -> Place.of("a tile axis",
          "m (batch columns), n (output features) or k (input features)");
      case BitloomParser.RULE_bound -> Place.of("a number or a range", "a number or a range, as in 8 or 8..64");
      case BitloomParser.RULE_epilogueStep -> Place.of("an epilogue step", "an epilogue step: bias, silu or gelu");
      case BitloomParser.RULE_kernelClause ->
        new Place(Words.quoted(expected.getMinElement()), Optional.of("an equation such as y f16 = x f16 * FORMAT"));
      case BitloomParser.RULE_formatClause -> new Place(Words.quoted(expected.getMinElement()),
          Optional.of("'per' and then row, tensor or the number of weights in a group"));
      default -> Place.literal(expected.getMinElement());
    };
  }

  private static Place element(IntervalSet expected) {
    if (expected.contains(BitloomParser.RBRACKET)) {
      return new Place("',' or ']'", Optional.empty());
    }
    if (expected.contains(BitloomParser.LBRACKET)) {
      return new Place("'['", Optional.of("the entries, as in codebook [-1, 0, 1]"));
    }
    return Place.of("an element type",
        "an element type: float eXmY, int b, uint b, bipolar b, binary q, ternary or codebook [...]");
  }

  /** Where something is missing: at the next token, but right behind the previous one if that is on an earlier line. */
  private Span gapBefore(Token found) {
    Token previous = previous(found);
    if (previous == null) {
      return span(found);
    }
    int end = previous.getStopIndex() + 1;
    boolean sameLine = source.line(end) == source.line(found.getStartIndex());
    return sameLine && found.getType() != Token.EOF ? span(found) : new Span(end, end);
  }

  private Token previous(Token found) {
    for (int i = found.getTokenIndex() - 1; i >= 0; i--) {
      if (tokens.get(i).getChannel() == Token.DEFAULT_CHANNEL) {
        return tokens.get(i);
      }
    }
    return null;
  }

  private String described(Token token) {
    return token.getType() == Token.EOF ? "the end of the text" : quote(text(token));
  }

  private String text(Token token) {
    return source.text(span(token));
  }

  private static boolean isWord(Token token) {
    return token.getType() > 0 && !Words.isPunctuation(token.getType());
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
          Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
        false;
      default -> true;
    };
  }

  static Span span(Token token) {
    return new Span(token.getStartIndex(), Math.max(token.getStartIndex(), token.getStopIndex() + 1));
  }

  /** A piece of text in quotes, shortened, with characters that have no picture spelt out. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder("'");
    text.codePoints().limit(LONGEST_QUOTE).forEach(c -> {
      if (c == ' ' || isVisible(c)) {
        out.appendCodePoint(c);
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04X", c));
      }
    });
    return out.append(text.codePointCount(0, text.length()) > LONGEST_QUOTE ? "...'" : "'").toString();
  }
}
