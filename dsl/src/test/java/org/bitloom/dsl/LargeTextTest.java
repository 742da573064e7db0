package org.bitloom.dsl;

import java.time.Duration;

import org.bitloom.dsl.source.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Texts of a megabyte neither overflow the stack nor take long, and what is said of them stays short. */
class LargeTextTest {
  private static final int SIZE = 1 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"{", "}", "[", "/*", "//", "@", "\0", "1", "9 ", "a", "a ", "\n", "..", "format ",
      "format w ",
      "format w { ", "kernel k { y ", "element ", "format w { element int 4 scale f16 per row }\n", "format w { x ",
      "format w { element codebook [ 1 , ", "scael ", "\ud83d\ude00 ", "1e", "e3m", "* / ", "stages 1 .. "})
  void endsSoonForRepeatedText(String piece) {
    String text = piece.repeat(SIZE / piece.length());
    String report = assertTimeoutPreemptively(Duration.ofSeconds(20),
        () -> Language.compile(Source.of("large.bl", text)).report());
    assertFalse(report.isEmpty());
    assertTrue(report.length() < 100_000, report.length() + " characters");
  }

  @Test
  void compilesAMegabyteOfFormats() {
    StringBuilder text = new StringBuilder();
    int count = 0;
    while (text.length() < SIZE) {
      text.append("format w").append(count++).append(" { element float e3m2 finite scale f16 per 128 }\n");
    }
    int formats = count;
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
      Language.Checked checked = Language.compile(Source.of("large.bl", text.toString()));
      assertEquals("", checked.report());
      assertEquals(formats, checked.program().formats().size());
    });
  }

  @Test
  void countsTheErrorsItDoesNotShow() {
    Language.Checked checked = Language.compile(Source.of("many.bl", "format w { element int 9 }\n".repeat(200)));
    assertEquals(Language.MOST_DIAGNOSTICS + 1, checked.diagnostics().size());
    assertTrue(checked.diagnostics().getLast().message().contains("more errors"));
  }
}
