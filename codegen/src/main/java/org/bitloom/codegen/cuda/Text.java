package org.bitloom.codegen.cuda;

import java.util.stream.Collectors;

/** Layout of generated text: indentation, which leaves preprocessor lines at the margin. */
final class Text {
  private Text() {
  }

  /** {@code text} with every line moved right by {@code spaces}; empty lines and lines of the preprocessor stay. */
  static String indent(int spaces, String text) {
    String pad = " ".repeat(spaces);
    return text.lines().map(line -> line.isBlank() || line.startsWith("#") ? line : pad + line)
        .collect(Collectors.joining("\n", "", text.isEmpty() ? "" : "\n"));
  }
}
