package org.bitloom.emulator.exec;

import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;

/**
 * cp.async.ca / .cg .shared.global (PTX ISA 9.7.9.25.3.1): 4, 8 or 16 bytes, of which the last ones may be zeros instead of
 * source bytes. Cache hints change nothing here.
 */
public final class CopyAsyncOp extends Op {
  private final Space space;
  private final LaneAddress destination;
  private final LaneAddress source;
  private final int size;
  private final int sourceSize;
  private final PredicateSource ignore;

  /**
   * @param sourceSize int row of the bytes to read, or -1 for all
   * @param ignore where it holds nothing is read and zeros are written
   */
  public CopyAsyncOp(Space space, LaneAddress destination, LaneAddress source, int size, int sourceSize,
      PredicateSource ignore) {
    this.space = space;
    this.destination = destination;
    this.source = source;
    this.size = size;
    this.sourceSize = sourceSize;
    this.ignore = ignore;
  }

  @Override
  public void run(Warp w) {
    int ignored = ignore.of(w);
    AsyncCopies.Batch batch = w.copies.start(size);
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      int bytes = (ignored >> l & 1) != 0 ? 0 : sourceSize < 0 ? size : w.r[sourceSize][l];
      if (bytes < 0 || bytes > size) {
        throw w.fault(FaultKind.INVALID_OPERAND, l, "source size " + bytes + " of a copy of " + size + " bytes");
      }
      long to = destination.of(w, l);
      Space found = space.of(to);
      int at = w.cta.shared.startCopy(w, l, space.inside(found, to), size, size);
      long from = source.of(w, l);
      if (bytes > 0 && (from & size - 1) != 0) {
        throw w.fault(FaultKind.MISALIGNED, l, "copy of " + size + " bytes from 0x" + Long.toHexString(from));
      }
      if (bytes == 0) {
        batch.add(l, at, w.cta.grid.memory().at(0), 0, 0);
      } else {
        Allocation a = w.readableBytes(from, bytes, l);
        batch.add(l, at, a, from - a.base(), bytes);
      }
    }
  }
}
