package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The argument block of a launch, built in declaration order; every argument is aligned to its size. */
public final class Arguments {
  private final ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

  /** A pointer or another 64-bit number. */
  public Arguments add(long value) {
    align(8).putLong(value);
    return this;
  }

  /** A 32-bit number. */
  public Arguments add(int value) {
    align(4).putInt(value);
    return this;
  }

  /** A 32-bit floating-point number. */
  public Arguments add(float value) {
    align(4).putFloat(value);
    return this;
  }

  private ByteBuffer align(int to) {
    return bytes.position(Math.ceilDiv(bytes.position(), to) * to);
  }

  MemorySegment toMemory() {
    return MemorySegment.ofArray(Arrays.copyOf(bytes.array(), bytes.position())).asReadOnly();
  }
}
