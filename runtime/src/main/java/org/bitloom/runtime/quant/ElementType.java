package org.bitloom.runtime.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import org.bitloom.runtime.numeric.Bf16;

/** How the numbers of an unquantized weight matrix are stored, little-endian. */
public enum ElementType {
  F16(2), BF16(2), F32(4);

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** Reads {@code into.length} numbers from the byte {@code offset} of {@code data} on. */
  public void read(MemorySegment data, long offset, double[] into) {
    switch (this) {
      case F16 -> {
        for (int i = 0; i < into.length; i++) {
          into[i] = org.bitloom.runtime.numeric.F16.toFloat(data.get(SHORT, offset + 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < into.length; i++) {
          into[i] = Bf16.toFloat(data.get(SHORT, offset + 2L * i));
        }
      }
      case F32 -> {
        for (int i = 0; i < into.length; i++) {
          into[i] = data.get(FLOAT, offset + 4L * i);
        }
      }
    }
  }
}
