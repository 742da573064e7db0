package org.bitloom.codegen.cuda;

import java.util.stream.Collectors;

/** What all generated texts share: their types, and indentation, which leaves preprocessor lines at the margin. */
final class Text {
  /** The types of every kernel text. */
  static final String TYPES = """
      typedef unsigned char u8;
      typedef unsigned short u16;
      typedef unsigned int u32;
      typedef unsigned long long u64;

      """;

  /** PTX instructions that kernels call by name, header-free, on 32-bit registers. */
  static final String WRAPPERS = CopyText.WRAPPERS + BarrierText.WRAPPERS + MemoryText.WRAPPERS + NumberText.WRAPPERS;

  private Text() {
  }

  /** {@code text} with every line moved right by {@code spaces}; empty lines and lines of the preprocessor stay. */
  static String indent(int spaces, String text) {
    String pad = " ".repeat(spaces);
    return text.lines().map(line -> line.isBlank() || line.startsWith("#") ? line : pad + line)
        .collect(Collectors.joining("\n", "", text.isEmpty() ? "" : "\n"));
  }
}
