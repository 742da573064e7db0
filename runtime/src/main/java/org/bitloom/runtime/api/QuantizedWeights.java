package org.bitloom.runtime.api;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Codes and parameters in natural order, before packing.
 *
 * @param codes one byte a code, [n][k]
 * @param planes one segment for each plane of the format, [n][groups] numbers of {@link ParamPlane#naturalBytes()} bytes,
 *     little-endian
 */
public record QuantizedWeights(FormatInfo format, int n, int k, MemorySegment codes, List<MemorySegment> planes) {
  public QuantizedWeights {
    planes = List.copyOf(planes);
    if (codes.byteSize() != (long) n * k) {
      throw new IllegalArgumentException(
          format.name() + ": " + n + " x " + k + " codes need " + (long) n * k + " bytes, not " + codes.byteSize());
    }
    if (planes.size() != format.planes().size()) {
      throw new IllegalArgumentException(
          format.name() + " has " + format.planes().size() + " parameter planes, not " + planes.size());
    }
  }
}
