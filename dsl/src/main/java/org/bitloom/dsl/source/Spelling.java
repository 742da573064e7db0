package org.bitloom.dsl.source;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a misspelt one probably stands for. */
public final class Spelling {
  private static final int LONGEST = 64;

  private Spelling() {
  }

  /** The closest of {@code words} if it is close enough to be meant; of equally close ones the first in the alphabet. */
  public static Optional<String> closest(String word, Collection<String> words) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    String lower = word.toLowerCase(Locale.ROOT);
    int limit = Math.max(1, word.length() / 3);
    return words.stream().filter(candidate -> candidate.length() <= LONGEST && !candidate.equals(word))
        .filter(candidate -> distance(lower, candidate) <= limit && distance(lower, candidate) < candidate.length())
        .min(Comparator.comparingInt((String candidate) -> distance(lower, candidate))
            .thenComparing(Comparator.naturalOrder()));
  }

  /** Edits from {@code a} to {@code b}: insert, delete, replace, swap neighbours (Damerau, optimal string alignment). */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
