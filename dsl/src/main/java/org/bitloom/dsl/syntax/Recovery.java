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
  private final BitSet bad;
  private final List<Diagnostic> diagnostics;

  Recovery(Wording wording, BitSet bad, List<Diagnostic> diagnostics) {
    this.wording = wording;
    this.bad = bad;
    this.diagnostics = diagnostics;
  }

  @Override
  public void reportError(Parser parser, RecognitionException error) {
    if (inErrorRecoveryMode(parser)) {
      return;
    }
    beginErrorCondition(parser);
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
    int rule = parser.getContext().getRuleIndex();
    boolean list = rule == BitloomParser.RULE_file || rule == BitloomParser.RULE_format
        || rule == BitloomParser.RULE_kernel;
    if (!loop || !list) {
      return;
    }
    IntervalSet stops = new IntervalSet(parser.getATN().nextTokens(state));
    stops.add(BitloomParser.FORMAT);
    stops.add(BitloomParser.KERNEL);
    stops.add(Token.EOF);
    if (stops.contains(parser.getInputStream().LA(1))) {
      return;
    }
    Token first = parser.getCurrentToken();
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      report(first, wording.stray(first, rule));
    }
    consumeUntil(parser, stops);
    endErrorCondition(parser);
  }

  /** A bad character has been reported; what follows it directly goes wrong because of it. */
  private void report(Token offending, Diagnostic diagnostic) {
    int index = offending.getTokenIndex();
    if (index < 1 || !bad.get(index - 1)) {
      diagnostics.add(diagnostic);
    }
  }
}
