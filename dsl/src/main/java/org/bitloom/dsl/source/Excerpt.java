package org.bitloom.dsl.source;

/**
 * One source line and the carets under a part of it. Carets line up in a terminal: tabs are repeated below, wide characters
 * take two columns, combining marks none, control characters are shown as pictures. Long lines are cut around the span.
 */
record Excerpt(String line, int start, int end) {
  private static final String INDENT = "  ";
  private static final String CUT = "...";
  private static final int BEFORE = 60;
  private static final int AFTER = 100;

  static Excerpt of(Source source, Span span) {
    int offset = Math.min(span.start(), source.text().length());
    Span line = source.lineSpan(source.line(offset));
    int start = Math.min(offset, line.end()) - line.start();
    int end = Math.clamp(span.end() - line.start(), start, line.end() - line.start());
    return new Excerpt(source.text(line), start, end);
  }

  String render() {
    boolean fits = line.length() <= BEFORE + AFTER;
    int from = !fits && start > BEFORE ? charBoundary(start - BEFORE) : 0;
    int to = !fits && line.length() - start > AFTER ? charBoundary(start + AFTER) : line.length();
    String head = from > 0 ? CUT : "";
    String shown = INDENT + head + visible(line.substring(from, to)) + (to < line.length() ? CUT : "");
    String carets = INDENT + " ".repeat(head.length()) + blank(line.substring(from, start)) + underline(to);
    return shown.stripTrailing() + "\n" + carets;
  }

  private String underline(int to) {
    int columns = line.substring(start, Math.max(start, Math.min(end, to))).codePoints().map(Excerpt::columns).sum();
    return "^" + "~".repeat(Math.max(0, columns - 1));
  }

  private int charBoundary(int index) {
    return Character.isLowSurrogate(line.charAt(index)) ? index - 1 : index;
  }

  private static String visible(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> out.appendCodePoint(picture(c)));
    return out.toString();
  }

  private static String blank(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> out.append(c == '\t' ? "\t" : " ".repeat(columns(c))));
    return out.toString();
  }

  private static int picture(int c) {
    boolean direction = Character.getType(c) == Character.FORMAT;
    if (c == '\t') {
      return c;
    }
    if (c < 0x20) {
      return 0x2400 + c;
    }
    return c == 0x7f || Character.isISOControl(c) || direction || Character.getType(c) == Character.SURROGATE
        ? 0xfffd
        : c;
  }

  private static int columns(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return wide(c) ? 2 : 1;
  }

  /** The wide blocks of Unicode Standard Annex 11, as far as text and emoji go. */
  private static boolean wide(int c) {
    return within(0x1100, c, 0x115f) || within(0x2e80, c, 0x303e) || within(0x3041, c, 0xa4cf)
        || within(0xac00, c, 0xd7a3) || within(0xf900, c, 0xfaff) || within(0xfe30, c, 0xfe6f)
        || within(0xff00, c, 0xff60) || within(0xffe0, c, 0xffe6) || within(0x1f300, c, 0x1f64f)
        || within(0x1f900, c, 0x1f9ff) || within(0x20000, c, 0x3fffd);
  }

  private static boolean within(int first, int c, int last) {
    return first <= c && c <= last;
  }
}
