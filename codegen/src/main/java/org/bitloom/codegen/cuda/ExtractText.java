package org.bitloom.codegen.cuda;

import java.util.function.IntFunction;
import java.util.stream.Collectors;

import org.bitloom.codegen.layout.Extract;
import org.bitloom.codegen.layout.Part;

/** The CUDA expression of an extract: words moved, masked and put together. */
final class ExtractText {
  private ExtractText() {
  }

  /** The expression of {@code extract}, of whose words {@code word} gives the names. */
  static String of(Extract extract, IntFunction<String> word) {
    return extract.parts().stream().map(part -> part(part, word.apply(part.word())))
        .collect(Collectors.joining(" | "));
  }

  private static String part(Part part, String word) {
    String moved = switch (part.kind()) {
      case NONE -> word;
      case SHIFT_LEFT -> word + " << " + part.rotate();
      case SHIFT_RIGHT -> word + " >> " + (32 - part.rotate());
      case ROTATE -> "__funnelshift_l(" + word + ", " + word + ", " + part.rotate() + ")";
    };
    return "(" + moved + " & 0x%08xu)".formatted(part.mask());
  }
}
