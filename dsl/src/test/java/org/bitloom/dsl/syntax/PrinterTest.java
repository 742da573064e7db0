package org.bitloom.dsl.syntax;

import java.util.List;
import java.util.Random;

import org.bitloom.dsl.Spanless;
import org.bitloom.dsl.source.Source;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class PrinterTest {
  @Test
  void parsesBackRandomTrees() {
    long seed = Long.getLong("bitloom.seed", System.nanoTime());
    System.out.println("PrinterTest: -Dbitloom.seed=" + seed);
    RandomTrees trees = new RandomTrees(new Random(seed));
    for (int i = 0; i < 3000; i++) {
      SyntaxTree tree = trees.tree();
      String text = Printer.print(tree);
      Parser.Result again = Parser.parse(Source.of("printed", text));
      String which = "seed " + seed + ", tree " + i + ":\n" + text;
      if (!tree.declarations().isEmpty()) {
        assertEquals(List.of(), again.diagnostics(), which);
      }
      assertEquals(Spanless.of(tree), Spanless.of(again.tree()), which);
      assertEquals(text, Printer.print(again.tree()), which);
    }
  }

  @Test
  void keepsEveryDigitOfACodebook() {
    String text = "format w { element codebook [0.1, 1e-3, -2.5E+2, 0.30000000000000004, 4.9e-324] }";
    String printed = Printer.print(Parser.parse(Source.of("w", text)).tree());
    assertEquals("""
        format w {
          element codebook [0.1, 0.001, -250.0, 0.30000000000000004, 4.9e-324]
        }
        """, printed);
  }
}
