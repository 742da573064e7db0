package org.bitloom.dsl;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.syntax.Parser;
import org.bitloom.dsl.syntax.Printer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whatever the text, compiling it ends, throws nothing, and points inside the text. */
class FuzzTest {
  private static final List<String> PIECES = List.of("format", "kernel", "element", "scale", "zero", "offset", "tile",
      "y",
      "stages", "split_k", "epilogue", "float", "e3m2", "int", "bipolar", "codebook", "per", "row", "f16", "x", "{",
      "}",
      "[", "]", ",", "..", "=", "*", "/*", "*/", "//", "\n", "\r", "\t", " ", "0", "16", "-1", "1e9", "99999999999",
      "\0",
      "\ud83d\ude00", "\ud83d", "\ude00", "\ufeff", "e\u0301", "@", "\u2212", "w");

  @Test
  void survivesMutatedFiles() {
    long seed = Long.getLong("bitloom.seed", System.nanoTime());
    System.out.println("FuzzTest: -Dbitloom.seed=" + seed);
    Random random = new Random(seed);
    List<String> texts = Stream.concat(Corpus.GOOD.files().stream(), Corpus.BAD.files().stream())
        .map(file -> Corpus.read(file).text()).toList();
    for (int i = 0; i < 4000; i++) {
      String text = mutate(texts.get(random.nextInt(texts.size())), random);
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> check(text), "seed " + seed + ":\n" + text);
    }
  }

  @Test
  void survivesSoupOfWords() {
    long seed = Long.getLong("bitloom.seed", System.nanoTime());
    System.out.println("FuzzTest: -Dbitloom.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(60); n > 0; n--) {
        text.append(PIECES.get(random.nextInt(PIECES.size()))).append(random.nextInt(4) == 0 ? "" : " ");
      }
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> check(text.toString()), "seed " + seed + ":\n" + text);
    }
  }

  private static String mutate(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int at = random.nextInt(out.length() + 1);
      int end = Math.min(out.length(), at + 1 + random.nextInt(random.nextBoolean() ? 3 : 40));
      switch (random.nextInt(5)) {
        case 0 -> out.delete(at, end);
        case 1 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> out.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        case 3 -> out.insert(at, out.substring(at, end));
        default -> out.setLength(at);
      }
    }
    return out.toString();
  }

  private static void check(String text) {
    Source source = Source.of("fuzz.bl", text);
    Language.Checked checked = Language.compile(source);
    checked.diagnostics().forEach(diagnostic -> {
      assertTrue(diagnostic.span().end() <= text.length(), diagnostic::toString);
      assertTrue(source.line(diagnostic.span().start()) <= source.lines(), diagnostic::toString);
      assertFalse(diagnostic.render(source).isBlank());
      assertTrue(diagnostic.message().lines().count() == 1, diagnostic::toString);
    });
    assertTrue(checked.diagnostics().size() <= Language.MOST_DIAGNOSTICS + 1);
    String printed = Printer.print(Parser.parse(source).tree());
    assertFalse(checked.isOk() && printed.contains("// unreadable"), "skipped without a word:\n" + text);
    if (checked.isOk()) {
      assertEquals(List.of(), Parser.parse(Source.of("printed", printed)).diagnostics(), printed);
    }
  }
}
