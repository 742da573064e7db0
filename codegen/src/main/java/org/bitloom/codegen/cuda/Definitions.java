package org.bitloom.codegen.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private static final Pattern SILENT = Pattern.compile("//.*|\"(?:\\\\.|[^\"\\\\])*\"");
  private static final Pattern WORD = Pattern.compile("([A-Za-z_]\\w*)([(<])?");
  private static final Pattern FUNCTION = Pattern.compile("(?:template <[^\n]*>\n)?__device__ [^(=]*?(\\w+)\\(");
  private static final Pattern TYPE = Pattern.compile("(?:template <[^\n]*>\n)?struct (\\w+) ");
  private static final Pattern CONSTANT = Pattern.compile("(?:constexpr|__device__ const) \\w+ (\\w+)[ \\[]");

  private Definitions() {
  }

  /** {@code text} without what is not used. */
  static String used(String text) {
    List<Piece> pieces = pieces(text);
    Map<String, List<Piece>> named = pieces.stream().collect(Collectors.groupingBy(Piece::name));
    Set<String> used = new HashSet<>(Set.of(""));
    Deque<Piece> reached = new ArrayDeque<>(named.getOrDefault("", List.of()));
    while (!reached.isEmpty()) {
      for (String name : reached.remove().uses()) {
        if (named.containsKey(name) && used.add(name)) {
          reached.addAll(named.get(name));
        }
      }
    }
    return pieces.stream().filter(piece -> used.contains(piece.name())).map(Piece::text)
        .collect(Collectors.joining()).replaceAll("\n{3,}", "\n\n");
  }

  /** What is no definition is a piece of its own. */
  private static List<Piece> pieces(String text) {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    StringBuilder code = new StringBuilder();
    int depth = 0;
    for (String line : text.lines().toList()) {
      piece.append(line).append('\n');
      String compiled = compiled(line);
      if (!compiled.isEmpty()) {
        code.append(code.isEmpty() ? "" : "\n").append(compiled);
      }
      depth += count(compiled, '{') - count(compiled, '}');
      if (depth == 0 && !line.startsWith(" ") && ended(line, code)) {
        pieces.add(Piece.of(piece.toString(), code.toString()));
        piece.setLength(0);
        code.setLength(0);
      }
    }
    if (!piece.isEmpty()) {
      throw new IllegalArgumentException("a definition has no end:\n" + piece);
    }
    return pieces;
  }

  /** Whether a piece may end with this line, {@code code} in all. */
  private static boolean ended(String line, CharSequence code) {
    if (code.isEmpty()) {
      return line.isEmpty();
    }
    char last = code.charAt(code.length() - 1);
    return line.startsWith("#") || last == ';' || last == '}';
  }

  /** What the compiler sees of {@code line}, without strings. */
  private static String compiled(String line) {
    return line.contains("//") || line.contains("\"")
        ? SILENT.matcher(line).replaceAll("").stripTrailing()
        : line.stripTrailing();
  }

  private static int count(String text, char wanted) {
    return (int) text.chars().filter(c -> c == wanted).count();
  }

  /**
   * A part of a text.
   *
   * @param code what the compiler sees of it
   * @param name what it defines, functions with a bracket behind; empty for what always stays
   */
  private record Piece(String text, String code, String name) {
    static Piece of(String text, String code) {
      return new Piece(text, code, name(code));
    }

    private static String name(String code) {
      Matcher function = FUNCTION.matcher(code);
      if (function.lookingAt()) {
        return function.group(1) + "(";
      }
      return Stream.of(TYPE, CONSTANT).map(pattern -> pattern.matcher(code)).filter(Matcher::lookingAt)
          .map(matcher -> matcher.group(1)).findFirst().orElse("");
    }

    /** What it mentions, named in the same way. */
    Set<String> uses() {
      Set<String> uses = new HashSet<>();
      Matcher word = WORD.matcher(code);
      while (word.find()) {
        uses.add(word.group(1));
        if (word.group(2) != null) {
          uses.add(word.group(1) + "(");
        }
      }
      return uses;
    }
  }
}
