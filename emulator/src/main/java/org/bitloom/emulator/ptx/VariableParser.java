package org.bitloom.emulator.ptx;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.emulator.ptx.Lexer.Token;
import org.bitloom.emulator.ptx.PtxModule.Sizing;
import org.bitloom.emulator.ptx.PtxModule.Space;
import org.bitloom.emulator.ptx.PtxModule.Variable;

/** Reads variable declarations (PTX ISA 5.4), from the token after the state space. */
final class VariableParser {
  private final Tokens tokens;

  VariableParser(Tokens tokens) {
    this.tokens = tokens;
  }

  static boolean isSpace(String word) {
    return word.equals(".global") || word.equals(".shared") || word.equals(".const") || word.equals(".local");
  }

  /** Reads {@code .align 16 .b8 name[64] = {...}}, up to the comma, semicolon or parenthesis behind it. */
  Variable variable(Space space) {
    int align = 0;
    PtxType type = PtxType.B8;
    int vector = 1;
    while (tokens.peek().text().startsWith(".")) {
      Token token = tokens.next();
      String word = token.text().substring(1);
      switch (word) {
        case "align" -> align = (int) tokens.integer();
        case "v2" -> vector = 2;
        case "v4" -> vector = 4;
        case "attribute" -> tokens.skipPast(")");
        case "ptr", "global", "shared", "const", "local" -> {
          // .ptr annotations of kernel parameters carry no size
        }
        default -> type = PtxType.of(word)
            .orElseThrow(() -> Tokens.error(token, "not a type: '" + token.text() + "'"));
      }
    }
    String name = tokens.word();
    long count = vector;
    Sizing sizing = Sizing.FIXED;
    while (tokens.accept("[")) {
      if (tokens.peek().is("]")) {
        sizing = Sizing.AT_LAUNCH;
        count = 0;
      } else {
        count *= tokens.integer();
      }
      tokens.expect("]");
    }
    List<Byte> initial = tokens.accept("=") ? initial(type) : List.of();
    return new Variable(space, name, Math.max(align, vector * type.bytes()), count * type.bytes(), initial, sizing);
  }

  private List<Byte> initial(PtxType type) {
    List<Byte> bytes = new ArrayList<>();
    if (tokens.accept("{")) {
      while (!tokens.accept("}")) {
        value(type, bytes);
        tokens.accept(",");
      }
    } else {
      value(type, bytes);
    }
    return bytes;
  }

  private void value(PtxType type, List<Byte> bytes) {
    boolean negative = tokens.accept("-");
    long value = Constants.bits(tokens.next(), type.bits());
    if (negative) {
      value = type == PtxType.F32 || type == PtxType.F64 ? value ^ 1L << (type.bits() - 1) : -value;
    }
    for (int i = 0; i < type.bytes(); i++) {
      bytes.add((byte) (value >> (8 * i)));
    }
  }
}
