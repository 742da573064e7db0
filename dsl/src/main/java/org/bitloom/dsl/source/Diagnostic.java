package org.bitloom.dsl.source;

import java.util.Optional;

/**
 * One thing that is wrong with a text, said to the person who wrote it.
 *
 * @param message what is wrong, without position, one line
 * @param expected what would be right here, or why it is wrong
 * @param suggestion a spelling that was probably meant
 */
public record Diagnostic(Severity severity, Span span, String message, Optional<String> expected,
    Optional<String> suggestion) {
  /** How bad it is. */
  public enum Severity {
    /** The text has no meaning. */
    ERROR;

    /** The word that messages use. */
    public String word() {
      return switch (this) {
        case ERROR -> "error";
      };
    }
  }

  /** An error without further hints. */
  public static Diagnostic error(Span span, String message) {
    return new Diagnostic(Severity.ERROR, span, message, Optional.empty(), Optional.empty());
  }

  /** This diagnostic with a line that says what is right here. */
  public Diagnostic expecting(String right) {
    return new Diagnostic(severity, span, message, Optional.of(right), suggestion);
  }

  /** This diagnostic with a "did you mean", if there is one. */
  public Diagnostic suggesting(Optional<String> spelling) {
    return new Diagnostic(severity, span, message, expected, spelling);
  }

  /**
   * The text for a terminal: {@code file:line:column: error: message}, the source line, carets, then the hints. Lines are
   * joined by line feeds; there is none at the end.
   */
  public String render(Source source) {
    StringBuilder out = new StringBuilder(source.place(span.start())).append(": ").append(severity.word()).append(": ")
        .append(message).append('\n').append(source.excerpt(span));
    expected.ifPresent(right -> out.append("\n  expected ").append(right));
    suggestion.ifPresent(spelling -> out.append("\n  did you mean '").append(spelling).append("'?"));
    return out.toString();
  }
}
