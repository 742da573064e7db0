package org.bitloom.dsl.source;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SpellingTest {
  private static final List<String> WORDS = List.of("scale", "element", "f16", "bf16", "x");

  @Test
  void countsEdits() {
    assertEquals(0, Spelling.distance("scale", "scale"));
    assertEquals(1, Spelling.distance("scael", "scale"));
    assertEquals(1, Spelling.distance("scal", "scale"));
    assertEquals(1, Spelling.distance("scalee", "scale"));
    assertEquals(3, Spelling.distance("", "f16"));
    assertEquals(3, Spelling.distance("kitten", "sitting"));
  }

  @Test
  void suggestsWhatIsClose() {
    assertEquals(Optional.of("scale"), Spelling.closest("scael", WORDS));
    assertEquals(Optional.of("element"), Spelling.closest("Elemnt", WORDS));
    assertEquals(Optional.of("bf16"), Spelling.closest("BF16", WORDS));
  }

  @Test
  void suggestsNothingFarOff() {
    assertEquals(Optional.empty(), Spelling.closest("tile", WORDS));
    assertEquals(Optional.empty(), Spelling.closest("z", WORDS));
    assertEquals(Optional.empty(), Spelling.closest("s".repeat(100_000), WORDS));
  }
}
