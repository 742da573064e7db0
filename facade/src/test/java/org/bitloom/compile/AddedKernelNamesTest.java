package org.bitloom.compile;

import org.bitloom.Bitloom;
import org.bitloom.DeclarationException;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Formats without a kernel get two; where those cannot have their names, the error is told at the format's name. */
class AddedKernelNamesTest {
  private static String refusal(String text) {
    return assertThrows(DeclarationException.class, () -> Bitloom.compile("mine.bl", text)).getMessage();
  }

  @Test
  void aNameThatIsTooLongForAKernelIsRefusedAtItsOwnPlace() {
    String name = "a".repeat(53);
    String refusal = refusal("\n  format " + name + " { element int 4  scale f16 per row }");
    assertTrue(refusal.startsWith("mine.bl:2:10: error: this format needs a kernel 'linear_" + name + "_f16'"),
        refusal);
    assertTrue(refusal.contains("65 characters"), refusal);
    assertFalse(refusal.contains("kernel linear"), refusal);
  }

  @Test
  void aNameOfAKernelThatIsTakenIsRefusedAtItsOwnPlace() {
    String refusal = refusal("""
        format a { element int 4  scale f16 per row }
        format b { element int 8  scale f16 per row }
        kernel linear_a_f16 { y f16 = x f16 * b }
        """);
    assertTrue(refusal.startsWith("mine.bl:1:8: error: "), refusal);
    assertTrue(refusal.contains("'linear_a_f16' is declared twice"), refusal);
    assertEquals(1, refusal.split("error:", -1).length - 1, refusal);
  }

  @Test
  void theLongestNameThatFitsHasItsKernels() {
    String name = "a".repeat(52);
    assertEquals(2, Bitloom.compile("mine.bl", "format " + name + " { element int 4  scale f16 per row }").format(name)
        .kernels().size());
  }
}
