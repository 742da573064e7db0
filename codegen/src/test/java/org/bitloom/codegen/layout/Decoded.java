package org.bitloom.codegen.layout;

import org.bitloom.codegen.layout.Decode.Centered;
import org.bitloom.codegen.layout.Decode.Lookup;
import org.bitloom.codegen.layout.Decode.Placed;
import org.bitloom.runtime.api.ActivationType;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What kernels make of a register, for tests. */
public final class Decoded {
  private Decoded() {
  }

  /** The value of half {@code half} of the register that the extract of pair {@code pair} gave. */
  public static double value(Decode decode, int pair, int register, int half) {
    int bits = (register >>> (16 * half)) & 0xffff;
    return switch (decode) {
      case Placed p -> FloatBits.number(p.register(), bits) * p.factor();
      case Centered c -> {
        double exact = FloatBits.number(c.register(), bits) * number(c.register(), c.multiplier(pair))
            - number(c.register(), c.center());
        yield number(c.register(), exact) * c.factor();
      }
      case Lookup l -> l.values().get(register >>> (7 + half * l.pattern().bits()) & ((1 << l.pattern().bits()) - 1));
    };
  }

  /** A number that must fit the type. */
  private static double number(ActivationType type, double value) {
    float stored = switch (type) {
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
      case BF16 -> Float.intBitsToFloat(Float.floatToRawIntBits((float) value) & 0xffff0000);
    };
    assertEquals(value, stored, "no " + type);
    return stored;
  }
}
