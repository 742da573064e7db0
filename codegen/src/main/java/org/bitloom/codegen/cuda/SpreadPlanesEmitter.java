package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerStage;

/**
 * Emits how the planes of weights become bytes: bits that belong together meet in pairs, then in nibbles, then in bytes, all
 * 32 weights of a word at a time.
 */
final class SpreadPlanesEmitter {
  private SpreadPlanesEmitter() {
  }

  static RingPart emit(IntegerStage.SpreadPlanes stage) {
    StringBuilder text = new StringBuilder("""
        // 32 weights of a row from a word of each plane: byte j of o[c] is the weight of bit 8 j + c.
        __device__ __forceinline__ void spread(const u32 (&w)[kWeightPlanes], u32 (&o)[8]) {
        """);
    int planes = stage.planes();
    switch (planes) {
      case 1 -> eight(text, "(w[0] >> %d) & 0x01010101u");
      case 2 -> {
        pairs(text, planes);
        eightOfPairs(text);
      }
      default -> {
        pairs(text, planes);
        nibbles(text, planes);
        bytes(text, planes);
      }
    }
    return RingPart.of().functions(text.append("}\n").toString());
  }

  private static void eight(StringBuilder text, String value) {
    for (int c = 0; c < 8; c++) {
      text.append("  o[").append(c).append("] = ").append(value.formatted(c)).append(";\n");
    }
  }

  private static void eightOfPairs(StringBuilder text) {
    for (int c = 0; c < 8; c++) {
      text.append("  o[%d] = (pair_0_%d >> %d) & 0x03030303u;\n".formatted(c, c % 2, c / 2 * 2));
    }
  }

  /** {@code pair_i_e}: planes 2i and 2i + 1 of the even or odd bits. */
  private static void pairs(StringBuilder text, int planes) {
    for (int i = 0; 2 * i < planes; i++) {
      if (2 * i + 1 < planes) {
        text.append("""
              const u32 pair_%1$d_0 = (w[%2$d] & 0x55555555u) | ((w[%3$d] << 1) & 0xaaaaaaaau);
              const u32 pair_%1$d_1 = ((w[%2$d] >> 1) & 0x55555555u) | (w[%3$d] & 0xaaaaaaaau);
            """.formatted(i, 2 * i, 2 * i + 1));
      } else {
        text.append("""
              const u32 pair_%1$d_0 = w[%2$d] & 0x55555555u;
              const u32 pair_%1$d_1 = (w[%2$d] >> 1) & 0x55555555u;
            """.formatted(i, 2 * i));
      }
    }
  }

  /** {@code nibble_i_r}: planes 4i to 4i + 3 of every fourth bit from bit r on. */
  private static void nibbles(StringBuilder text, int planes) {
    for (int i = 0; 4 * i < planes; i++) {
      for (int e = 0; e < 2; e++) {
        if (4 * i + 2 < planes) {
          text.append("""
                const u32 nibble_%1$d_%2$d = (pair_%3$d_%4$d & 0x33333333u) | ((pair_%5$d_%4$d << 2) & 0xccccccccu);
                const u32 nibble_%1$d_%6$d = ((pair_%3$d_%4$d >> 2) & 0x33333333u) | (pair_%5$d_%4$d & 0xccccccccu);
              """.formatted(i, e, 2 * i, e, 2 * i + 1, e + 2));
        } else {
          text.append("""
                const u32 nibble_%1$d_%2$d = pair_%3$d_%2$d & 0x33333333u;
                const u32 nibble_%1$d_%4$d = (pair_%3$d_%2$d >> 2) & 0x33333333u;
              """.formatted(i, e, 2 * i, e + 2));
        }
      }
    }
  }

  private static void bytes(StringBuilder text, int planes) {
    for (int r = 0; r < 4; r++) {
      if (planes <= 4) {
        text.append("""
              o[%1$d] = nibble_0_%1$d & 0x0f0f0f0fu;
              o[%2$d] = (nibble_0_%1$d >> 4) & 0x0f0f0f0fu;
            """.formatted(r, r + 4));
      } else {
        text.append("""
              o[%1$d] = (nibble_0_%1$d & 0x0f0f0f0fu) | ((nibble_1_%1$d << 4) & 0xf0f0f0f0u);
              o[%2$d] = ((nibble_0_%1$d >> 4) & 0x0f0f0f0fu) | (nibble_1_%1$d & 0xf0f0f0f0u);
            """.formatted(r, r + 4));
      }
    }
  }
}
