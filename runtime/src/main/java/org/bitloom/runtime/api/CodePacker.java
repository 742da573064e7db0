package org.bitloom.runtime.api;

import java.lang.foreign.MemorySegment;

/**
 * Moves codes between natural order and the packed layout of one format. Generated for every shipped format. Stateless:
 * disjoint tile ranges may be packed by different threads.
 */
public interface CodePacker {
  /**
   * Packs the rows of fragment tiles {@code [firstTile, endTile)}.
   *
   * @param codes one byte a code, natural order [n][k]
   * @param packed the codes section of the packed buffer, see {@link PackedShape#codes()}
   * @throws IllegalArgumentException if a code is outside the format, naming its row and column
   */
  void pack(MemorySegment codes, int n, int k, MemorySegment packed, int firstTile, int endTile);

  /** The inverse of {@link #pack}: padding is dropped. */
  void unpack(MemorySegment packed, int n, int k, MemorySegment codes, int firstTile, int endTile);
}
