package org.bitloom.dsl.source;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SourceTest {
  @Test
  void countsLinesAtEveryKindOfLineEnd() {
    Source source = Source.of("s", "a\nb\r\nc\rd");
    assertEquals(4, source.lines());
    assertEquals(1, source.line(1));
    assertEquals(2, source.line(2));
    assertEquals(2, source.line(4));
    assertEquals(3, source.line(5));
    assertEquals(4, source.line(7));
    assertEquals("b", source.text(source.lineSpan(2)));
    assertEquals("c", source.text(source.lineSpan(3)));
  }

  @Test
  void aTextThatEndsItsLineHasAnEmptyLastLine() {
    Source source = Source.of("s", "a\n");
    assertEquals(2, source.lines());
    assertEquals("s:2:1", source.place(2));
    assertEquals("", source.text(source.lineSpan(2)));
  }

  @Test
  void columnsCountCodePoints() {
    Source source = Source.of("s", "\ud83d\ude00\t\u00e9x");
    assertEquals("s:1:4", source.place(4));
  }

  @Test
  void caretsRepeatTabs() {
    assertEquals("  \tab\n  \t ^", Source.of("s", "\tab").excerpt(new Span(2, 3)));
  }

  @Test
  void caretsGiveWideCharactersTwoColumnsAndMarksNone() {
    assertEquals("  \u91cd\ud83d\ude00e\u0301x\n       ^",
        Source.of("s", "\u91cd\ud83d\ude00e\u0301x").excerpt(new Span(5, 6)));
    assertEquals("  \u91cd\u307fx\n  ^~~~", Source.of("s", "\u91cd\u307fx").excerpt(new Span(0, 2)));
  }

  @Test
  void controlCharactersAreShownAsPictures() {
    assertEquals("  a\u2400\u241bb\n     ^", Source.of("s", "a\0\u001bb").excerpt(new Span(3, 4)));
    assertEquals("  \ufffdx\n   ^", Source.of("s", "\u202ex").excerpt(new Span(1, 2)));
    assertEquals("  \ufffdx\n   ^", Source.of("s", "\ud83dx").excerpt(new Span(1, 2)));
  }

  @Test
  void underlinesNoFurtherThanTheLine() {
    assertEquals("  abc\n   ^~", Source.of("s", "abc\ndef").excerpt(new Span(1, 6)));
    assertEquals("  abc\n     ^", Source.of("s", "abc\ndef").excerpt(new Span(3, 6)));
  }

  @Test
  void pointsBehindTheLastCharacterAtTheEnd() {
    assertEquals("  abc\n     ^", Source.of("s", "abc").excerpt(new Span(3, 3)));
    assertEquals("\n  ^", Source.of("s", "").excerpt(new Span(0, 0)));
  }

  @Test
  void cutsLongLinesAroundTheSpan() {
    Source source = Source.of("s", "a".repeat(500) + "X" + "b".repeat(500));
    String[] lines = source.excerpt(new Span(500, 501)).split("\n", -1);
    assertEquals("  ..." + "a".repeat(60) + "X" + "b".repeat(99) + "...", lines[0]);
    assertEquals(lines[0].indexOf('X'), lines[1].indexOf('^'));
  }
}
