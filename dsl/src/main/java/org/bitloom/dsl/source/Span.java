package org.bitloom.dsl.source;

/** A range of characters of one source text: offsets are 0-based, {@code end} is exclusive. */
public record Span(int start, int end) {
  /** The span of nothing, for values that no text declared. */
  public static final Span NONE = new Span(0, 0);

  public Span {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("span " + start + ".." + end + " is not a range");
    }
  }

  /** The smallest span that holds this one and {@code other}. */
  public Span to(Span other) {
    return new Span(Math.min(start, other.start), Math.max(end, other.end));
  }
}
