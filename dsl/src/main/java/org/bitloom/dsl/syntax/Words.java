package org.bitloom.dsl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.antlr.v4.runtime.Vocabulary;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.bitloom.dsl.syntax.antlr.BitloomParser;

/** The words of the language by what they begin, and their spellings. */
final class Words {
  static final Set<Integer> DECLARATIONS = Set.of(BitloomParser.FORMAT, BitloomParser.KERNEL);
  static final Set<Integer> FORMAT_CLAUSES = Set.of(BitloomParser.ELEMENT, BitloomParser.SCALE, BitloomParser.ZERO,
      BitloomParser.OFFSET);
  static final Set<Integer> KERNEL_CLAUSES = Set.of(BitloomParser.Y, BitloomParser.TILE, BitloomParser.STAGES,
      BitloomParser.SPLIT_K, BitloomParser.EPILOGUE);
  static final Set<Integer> IN_FORMATS = union(FORMAT_CLAUSES,
      Set.of(BitloomParser.FINITE, BitloomParser.FN, BitloomParser.IEEE, BitloomParser.BIAS));
  static final Set<Integer> CLAUSES = union(FORMAT_CLAUSES, KERNEL_CLAUSES);
  static final Set<Integer> RESERVED = union(CLAUSES, DECLARATIONS);

  private static final Vocabulary VOCABULARY = BitloomParser.VOCABULARY;

  private Words() {
  }

  /** Whether the token is punctuation, not a word or a number. */
  static boolean isPunctuation(int token) {
    return token >= BitloomParser.LBRACE && token <= BitloomParser.TIMES;
  }

  /** The spelling of a token that has only one, with its quotes: {@code 'scale'}. */
  static String quoted(int token) {
    return VOCABULARY.getDisplayName(token);
  }

  /** The spelling of a token that has only one. */
  static String spelling(int token) {
    String quoted = quoted(token);
    return quoted.startsWith("'") ? quoted.substring(1, quoted.length() - 1) : quoted;
  }

  /** The spellings of those of the tokens that are words. */
  static List<String> spellings(Iterable<Integer> tokens) {
    List<String> words = new ArrayList<>();
    for (int token : tokens) {
      if (token > 0 && !isPunctuation(token) && VOCABULARY.getLiteralName(token) != null) {
        words.add(spelling(token));
      }
    }
    return words;
  }

  /** The spellings of those of the tokens that are words. */
  static List<String> spellings(IntervalSet tokens) {
    return spellings(tokens.toList());
  }

  private static Set<Integer> union(Set<Integer> a, Set<Integer> b) {
    List<Integer> all = new ArrayList<>(a);
    all.addAll(b);
    return Set.copyOf(all);
  }
}
