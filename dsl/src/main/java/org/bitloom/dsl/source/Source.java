package org.bitloom.dsl.source;

import java.util.Arrays;

/** One text to compile and the name it goes by in messages. Lines end at LF, CR or CR LF. */
public final class Source {
  private final String name;
  private final String text;
  private final int[] lineStarts;

  private Source(String name, String text) {
    this.name = name;
    this.text = text;
    this.lineStarts = lineStarts(text);
  }

  /** A text that messages call {@code name}, usually the path as the user gave it. */
  public static Source of(String name, String text) {
    return new Source(name, text);
  }

  /** What messages call this text. */
  public String name() {
    return name;
  }

  /** The whole text. */
  public String text() {
    return text;
  }

  /** The characters of {@code span}; what lies past the end is left out. */
  public String text(Span span) {
    return text.substring(Math.min(span.start(), text.length()), Math.min(span.end(), text.length()));
  }

  /** Number of lines, at least 1. */
  public int lines() {
    return lineStarts.length;
  }

  /** The line of a character offset, counted from 1. */
  public int line(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** The column of a character offset: code points from the start of its line, counted from 1. */
  public int column(int offset) {
    int end = Math.min(offset, text.length());
    return text.codePointCount(lineStarts[line(end) - 1], end) + 1;
  }

  /** The characters of line {@code line} (from 1), without its line end. */
  public Span lineSpan(int line) {
    int start = lineStarts[line - 1];
    int end = line < lineStarts.length ? lineStarts[line] : text.length();
    while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return new Span(start, end);
  }

  /** {@code name:line:column} of an offset. */
  public String place(int offset) {
    return name + ":" + line(offset) + ":" + column(offset);
  }

  /** The line of {@code span}'s start with the span underlined below it, two lines joined by a line feed. */
  public String excerpt(Span span) {
    return Excerpt.of(this, span).render();
  }

  private static int[] lineStarts(String text) {
    int[] starts = new int[16];
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean newlineFollows = i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (c == '\n' || (c == '\r' && !newlineFollows)) {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, count);
  }
}
