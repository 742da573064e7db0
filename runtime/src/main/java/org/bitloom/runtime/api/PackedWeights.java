package org.bitloom.runtime.api;

import java.lang.foreign.MemorySegment;

/** A packed matrix in host memory, sections as {@link PackedShape} places them. */
public record PackedWeights(PackedShape shape, MemorySegment bytes) {
  public PackedWeights {
    if (bytes.byteSize() != shape.bytes()) {
      throw new IllegalArgumentException(shape.format().name() + ": " + shape.n() + " x " + shape.k() + " packs into "
          + shape.bytes() + " bytes, not " + bytes.byteSize());
    }
  }
}
