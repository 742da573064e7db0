package org.bitloom.codegen.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Leaves out of a kernel text the definitions that its kernel does not use, so that emitters may say all that kernels of a family
 * may call. A definition begins at the margin, with the comment right above it, and ends where its braces are closed.
 */
final class Definitions {
  private static final Pattern SILENT = Pattern.compile("//[^\n]*|\"(?:\\\\.|[^\"\\\\])*\"");
  private static final Pattern WORD = Pattern.compile("([A-Za-z_]\\w*)([(<])?");
  private static final Pattern FUNCTION = Pattern.compile("(?:template <[^\n]*>\n)?__device__ [^(=]*?(\\w+)\\(.*",
      Pattern.DOTALL);
  private static final Pattern TYPE = Pattern.compile("(?:template <[^\n]*>\n)?struct (\\w+) .*", Pattern.DOTALL);
  private static final Pattern CONSTANT = Pattern.compile("(?:constexpr|__device__ const) \\w+ (\\w+)[ \\[].*",
      Pattern.DOTALL);

  private Definitions() {
  }

  /** {@code text} without what is not used. */
  static String used(String text) {
    List<Piece> pieces = pieces(text);
    Set<String> used = new HashSet<>();
    Deque<Piece> reached = new ArrayDeque<>(pieces.stream().filter(piece -> piece.name().isEmpty()).toList());
    while (!reached.isEmpty()) {
      Set<String> more = reached.remove().uses();
      more.removeAll(used);
      used.addAll(more);
      pieces.stream().filter(piece -> more.contains(piece.name())).forEach(reached::add);
    }
    return pieces.stream().filter(piece -> piece.name().isEmpty() || used.contains(piece.name())).map(Piece::text)
        .collect(Collectors.joining()).replaceAll("\n{3,}", "\n\n");
  }

  private static List<Piece> pieces(String text) {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    for (String line : text.lines().toList()) {
      piece.append(line).append('\n');
      if (!line.startsWith(" ") && isWhole(line, code(piece.toString()))) {
        pieces.add(Piece.of(piece.toString()));
        piece.setLength(0);
      }
    }
    if (!piece.isEmpty()) {
      throw new IllegalArgumentException("a definition has no end:\n" + piece);
    }
    return pieces;
  }

  /** Whether a piece with this last line, {@code code} in all, is complete; what is no definition is a piece of its own. */
  private static boolean isWhole(String line, String code) {
    boolean whole = code.isEmpty() ? line.isEmpty() : line.startsWith("#") || code.endsWith(";") || code.endsWith("}");
    return whole && code.chars().filter(c -> c == '{').count() == code.chars().filter(c -> c == '}').count();
  }

  /** What the compiler sees of {@code text}, without strings. */
  private static String code(String text) {
    return SILENT.matcher(text).replaceAll("").strip();
  }

  /**
   * A part of a text.
   *
   * @param name what it defines, functions with a bracket behind; empty for what always stays
   * @param uses what it mentions, in the same way
   */
  private record Piece(String text, String name, Set<String> uses) {
    static Piece of(String text) {
      String code = code(text);
      return new Piece(text, name(code), WORD.matcher(code).results()
          .flatMap(m -> Stream.of(m.group(1), m.group(2) == null ? m.group(1) : m.group(1) + "("))
          .collect(Collectors.toCollection(HashSet::new)));
    }

    private static String name(String code) {
      Matcher function = FUNCTION.matcher(code);
      if (function.matches()) {
        return function.group(1) + "(";
      }
      return Stream.of(TYPE, CONSTANT).map(pattern -> pattern.matcher(code)).filter(Matcher::matches)
          .map(matcher -> matcher.group(1)).findFirst().orElse("");
    }
  }
}
