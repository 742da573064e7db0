package org.bitloom.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known name that a mistyped one was most likely meant to be. */
public final class Suggestion {
  private static final int MAX_DISTANCE = 3;

  private Suggestion() {
  }

  /** The nearest of {@code known} by edit distance, if one is near. */
  public static Optional<String> nearest(String typed, Collection<String> known) {
    return known.stream()
        .filter(name -> distance(typed, name) <= Math.min(MAX_DISTANCE, Math.max(1, typed.length() / 2)))
        .min(Comparator.<String>comparingInt(name -> distance(typed, name)).thenComparing(Comparator.naturalOrder()));
  }

  /** " Did you mean 'x'?", or nothing. */
  public static String question(String typed, Collection<String> known) {
    return nearest(typed, known).map(name -> " Did you mean '" + name + "'?").orElse("");
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
