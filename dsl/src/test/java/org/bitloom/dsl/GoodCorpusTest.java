package org.bitloom.dsl;

import java.nio.file.Path;
import java.util.List;

import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.syntax.Parser;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.dsl.syntax.SyntaxTree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class GoodCorpusTest {
  static List<Path> files() {
    return Corpus.GOOD.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void compilesWithoutComplaint(Path file) {
    assertEquals("", Language.compile(Corpus.read(file)).report());
  }

  @ParameterizedTest
  @MethodSource("files")
  void printsItsCanonicalText(Path file) {
    Corpus.GOOD.assertExpected(file, Printer.print(Parser.parse(Corpus.read(file)).tree()));
  }

  @ParameterizedTest
  @MethodSource("files")
  void parsesBackWhatItPrinted(Path file) {
    SyntaxTree tree = Parser.parse(Corpus.read(file)).tree();
    SyntaxTree again = Parser.parse(Source.of("printed", Printer.print(tree))).tree();
    assertEquals(Spanless.of(tree), Spanless.of(again));
  }

  /** The text of a checked program declares that very program. */
  @ParameterizedTest
  @MethodSource("files")
  void compilesBackWhatItPrintedOfTheModel(Path file) {
    Language.Checked checked = Language.compile(Corpus.read(file));
    Language.Checked again = Language.compile(Source.of("printed", Printer.print(checked.program())));
    assertEquals("", again.report());
    assertEquals(Spanless.of(checked.program()), Spanless.of(again.program()));
  }

  /** A format's text stands alone, and a kernel's with its format's. */
  @ParameterizedTest
  @MethodSource("files")
  void printsDeclarationsThatStandAlone(Path file) {
    Language.Checked checked = Language.compile(Corpus.read(file));
    checked.program().formats().forEach(format -> {
      Language.Checked alone = Language.compile(Source.of("format", Printer.print(format)));
      assertEquals(List.of(Spanless.of(format)), alone.program().formats().stream().map(Spanless::of).toList());
    });
    checked.program().kernels().forEach(kernel -> {
      String text = Printer.print(kernel.weights()) + Printer.print(kernel);
      Language.Checked alone = Language.compile(Source.of("kernel", text));
      assertEquals(List.of(Spanless.of(kernel)), alone.program().kernels().stream().map(Spanless::of).toList());
    });
  }
}
