package org.bitloom.dsl;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BadCorpusTest {
  static List<Path> files() {
    return Corpus.BAD.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void saysWhatIsWrong(Path file) {
    Language.Checked checked = Language.compile(Corpus.read(file));
    assertFalse(checked.isOk(), file + " is meant to be wrong");
    Corpus.BAD.assertExpected(file, checked.report());
  }

  @Test
  void holdsAtLeastSixtyFiveFiles() {
    assertTrue(files().size() >= 65, files().size() + " files");
  }
}
