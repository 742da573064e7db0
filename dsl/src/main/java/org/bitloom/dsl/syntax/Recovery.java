package org.bitloom.dsl.syntax;

import java.util.BitSet;
import java.util.List;

import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.atn.StarLoopEntryState;
import org.antlr.v4.runtime.atn.StarLoopbackState;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.syntax.antlr.BitloomParser;

/**
 * How the parser goes on after an error: it skips to what may follow the broken rule, at worst to the next clause, and what
 * no clause begins with is skipped and reported as one run. Nothing but a missing '{' is made up.
 */
final class Recovery extends DefaultErrorStrategy {
  private final Wording wording;
  private final BadText bad;
  private final List<Diagnostic> diagnostics;
  private final BitSet skipped = new BitSet();
  private int openBraces;

  Recovery(Wording wording, BadText bad, List<Diagnostic> diagnostics) {
    this.wording = wording;
    this.bad = bad;
    this.diagnostics = diagnostics;
  }

  /** The indexes of tokens that were skipped as a whole because they begin no declaration or clause. */
  BitSet skipped() {
    return skipped;
  }

  @Override
  public void reportError(Parser parser, RecognitionException error) {
    if (inErrorRecoveryMode(parser)) {
      return;
    }
    beginErrorCondition(parser);
    if (isList(parser) && error.getExpectedTokens().contains(BitloomParser.RBRACE)) {
      openBraces++;
    }
    report(error.getOffendingToken(), wording.of(error));
  }

  @Override
  public Token recoverInline(Parser parser) {
    IntervalSet expected = parser.getExpectedTokens();
    int next = parser.getInputStream().LA(1);
    if (expected.contains(BitloomParser.LBRACE) && Words.CLAUSES.contains(next) && !inErrorRecoveryMode(parser)) {
      reportError(parser, new InputMismatchException(parser));
      return getMissingSymbol(parser);
    }
    throw new InputMismatchException(parser);
  }

  /** At the head of a list of declarations or clauses: skips what begins none. */
  @Override
  public void sync(Parser parser) {
    ATNState state = parser.getInterpreter().atn.states.get(parser.getState());
    boolean loop = state instanceof StarLoopEntryState || state instanceof StarLoopbackState;
    if (!loop || !isList(parser)) {
      return;
    }
    IntervalSet stops = new IntervalSet(parser.getATN().nextTokens(state));
    stops.add(BitloomParser.FORMAT);
    stops.add(BitloomParser.KERNEL);
    stops.add(Token.EOF);
    closeBraces(parser);
    if (!stops.contains(parser.getInputStream().LA(1))) {
      skip(parser, stops);
    }
  }

  /** Passes over the '}' of blocks that were given up before, because they have been reported. */
  private void closeBraces(Parser parser) {
    while (parser.getContext().getRuleIndex() == BitloomParser.RULE_file && openBraces > 0
        && parser.getInputStream().LA(1) == BitloomParser.RBRACE) {
      openBraces--;
      parser.consume();
    }
  }

  private void skip(Parser parser, IntervalSet stops) {
    int rule = parser.getContext().getRuleIndex();
    Token first = parser.getCurrentToken();
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      report(first, wording.stray(first, rule));
    }
    while (!stops.contains(parser.getInputStream().LA(1))) {
      Token token = parser.getCurrentToken();
      if (token != first && rule != BitloomParser.RULE_file) {
        Diagnostic stray = wording.stray(token, rule);
        stray.suggestion().ifPresent(_ -> report(token, stray));
      }
      openBraces += rule != BitloomParser.RULE_file && token.getType() == BitloomParser.LBRACE ? 1 : 0;
      parser.consume();
    }
    skipped.set(first.getTokenIndex(), parser.getCurrentToken().getTokenIndex());
    endErrorCondition(parser);
  }

  @Override
  protected void consumeUntil(Parser parser, IntervalSet stops) {
    int first = parser.getCurrentToken().getTokenIndex();
    super.consumeUntil(parser, stops);
    if (isList(parser)) {
      skipped.set(first, parser.getCurrentToken().getTokenIndex());
    }
  }

  private static boolean isList(Parser parser) {
    int rule = parser.getContext().getRuleIndex();
    return rule == BitloomParser.RULE_file || rule == BitloomParser.RULE_format || rule == BitloomParser.RULE_kernel;
  }

  /** A bad character has been reported; what follows it directly goes wrong because of it. */
  private void report(Token offending, Diagnostic diagnostic) {
    if (!bad.isJustBefore(offending.getTokenIndex())) {
      diagnostics.add(diagnostic);
    }
  }
}
