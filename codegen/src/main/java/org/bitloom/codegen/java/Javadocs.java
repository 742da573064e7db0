package org.bitloom.codegen.java;

/** Quotes arbitrary text in generated Javadoc, so that it can neither end the comment nor become markup. */
final class Javadocs {
  private Javadocs() {
  }

  /** {@code text} as a preformatted block. */
  static String block(String text) {
    StringBuilder out = new StringBuilder("<pre>\n");
    text.strip().chars().forEach(c -> {
      switch (c) {
        case '&', '<', '>', '@', '\\', '/', '*' -> out.append("&#").append(c).append(';');
        default -> out.append((char) c);
      }
    });
    return out.append("\n</pre>").toString();
  }
}
