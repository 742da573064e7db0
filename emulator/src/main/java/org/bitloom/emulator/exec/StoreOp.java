package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.bitloom.emulator.memory.Allocation;

/** Stores of one to eight elements (PTX ISA 9.7.9.12 st); cache operators change nothing here. */
public final class StoreOp extends Op {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final Space space;
  private final LaneAddress address;
  private final Element element;
  private final int[] rows;
  private final int size;
  private final boolean words;

  /** @param rows the rows of the elements in order: long rows for 64-bit registers, else int rows */
  public StoreOp(Space space, LaneAddress address, Element element, int[] rows) {
    this.space = space;
    this.address = address;
    this.element = element;
    this.rows = rows.clone();
    this.size = element.bytes() * rows.length;
    this.words = element.bytes() == 4 && element.registerBits() == 32;
  }

  @Override
  public void run(Warp w) {
    if (space == Space.SHARED && words && w.cta.cluster.ctas.size() == 1) {
      sharedWords(w);
      return;
    }
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      long at = address.of(w, l);
      Space found = space.of(at);
      switch (found) {
        case SHARED -> shared(w, l, space.inside(found, at));
        case LOCAL -> local(w, l, space.inside(found, at));
        case GLOBAL, GENERIC -> global(w, l, at);
      }
    }
  }

  /** The commonest store of all. */
  private void sharedWords(Warp w) {
    SharedMemory shared = w.cta.shared;
    int[] offsets = w.intScratch;
    shared.writeLanes(w, w.mask, address, size, offsets);
    for (int i = 0; i < rows.length; i++) {
      int[] from = w.r[rows[i]];
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        shared.put32(offsets[l] + 4 * i, from[l]);
      }
    }
  }

  private long value(Warp w, int i, int lane) {
    return element.registerBits() == 64 ? w.d[rows[i]][lane] : w.r[rows[i]][lane];
  }

  private void global(Warp w, int lane, long at) {
    Allocation a = w.writable(at, size, lane);
    MemorySegment data = a.data();
    long offset = at - a.base();
    for (int i = 0; i < rows.length; i++) {
      long o = offset + (long) i * element.bytes();
      long value = value(w, i, lane);
      switch (element.bytes()) {
        case 1 -> data.set(ValueLayout.JAVA_BYTE, o, (byte) value);
        case 2 -> data.set(SHORT, o, (short) value);
        case 4 -> data.set(INT, o, (int) value);
        default -> data.set(LONG, o, value);
      }
    }
  }

  private void shared(Warp w, int lane, long at) {
    SharedMemory shared = w.holder(at).shared;
    int offset = shared.write(w, lane, at, size);
    for (int i = 0; i < rows.length; i++) {
      int o = offset + i * element.bytes();
      long value = value(w, i, lane);
      switch (element.bytes()) {
        case 1 -> shared.put8(o, (int) value);
        case 2 -> shared.put16(o, (int) value);
        case 4 -> shared.put32(o, (int) value);
        default -> shared.put64(o, value);
      }
    }
  }

  private void local(Warp w, int lane, long at) {
    int offset = LocalMemory.at(w, lane, at, size);
    for (int i = 0; i < rows.length; i++) {
      LocalMemory.put(w.local, offset + i * element.bytes(), element.bytes(), value(w, i, lane));
    }
  }
}
