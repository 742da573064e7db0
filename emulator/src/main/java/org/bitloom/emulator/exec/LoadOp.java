package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.bitloom.emulator.memory.Allocation;

/** Loads of one to eight elements (PTX ISA 9.7.9.8 ld, 9.7.9.9 ld.global.nc); cache operators change nothing here. */
public final class LoadOp extends Op {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final Space space;
  private final LaneAddress address;
  private final Element element;
  private final int[] rows;
  private final int size;
  private final boolean words;
  private final boolean halves;

  /** @param rows the rows of the elements in order: long rows for 64-bit registers, else int rows; -1 for {@code _} */
  public LoadOp(Space space, LaneAddress address, Element element, int[] rows) {
    this.space = space;
    this.address = address;
    this.element = element;
    this.rows = rows.clone();
    this.size = element.bytes() * rows.length;
    this.words = element.bytes() == 4 && element.registerBits() == 32;
    this.halves = element.bytes() == 2 && element.registerBits() == 16 && rows.length == 1 && rows[0] >= 0;
  }

  @Override
  public void run(Warp w) {
    if (space == Space.SHARED && words && w.cta.cluster.ctas.size() == 1) {
      sharedWords(w);
      return;
    }
    if (space == Space.GLOBAL) {
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        global(w, l, address.of(w, l));
      }
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

  /** The commonest load of all: all checks first, then one register after the other. */
  private void sharedWords(Warp w) {
    SharedMemory shared = w.cta.shared;
    int[] offsets = w.intScratch;
    shared.readLanes(w, w.mask, address, size, offsets);
    byte[] bytes = shared.bytes;
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] >= 0) {
        int[] to = w.r[rows[i]];
        for (int m = w.mask; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          to[l] = SharedMemory.get32(bytes, offsets[l] + 4 * i);
        }
      }
    }
  }

  private void global(Warp w, int lane, long at) {
    Allocation a = w.readable(at, size, lane);
    MemorySegment data = a.data();
    long offset = at - a.base();
    if (halves) {
      w.r[rows[0]][lane] = data.get(SHORT, offset) & 0xffff;
      return;
    }
    if (words) {
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] >= 0) {
          w.r[rows[i]][lane] = data.get(INT, offset + 4L * i);
        }
      }
      return;
    }
    for (int i = 0; i < rows.length; i++) {
      long o = offset + (long) i * element.bytes();
      put(w, i, lane, switch (element.bytes()) {
        case 1 -> data.get(ValueLayout.JAVA_BYTE, o) & 0xff;
        case 2 -> data.get(SHORT, o) & 0xffff;
        case 4 -> data.get(INT, o) & 0xffffffffL;
        default -> data.get(LONG, o);
      });
    }
  }

  private void shared(Warp w, int lane, long at) {
    SharedMemory shared = w.holder(at).shared;
    int offset = shared.read(w, lane, at, size);
    for (int i = 0; i < rows.length; i++) {
      int o = offset + i * element.bytes();
      put(w, i, lane, switch (element.bytes()) {
        case 1 -> shared.get8(o);
        case 2 -> shared.get16(o);
        case 4 -> shared.get32(o) & 0xffffffffL;
        default -> shared.get64(o);
      });
    }
  }

  private void local(Warp w, int lane, long at) {
    int offset = LocalMemory.at(w, lane, at, size);
    for (int i = 0; i < rows.length; i++) {
      put(w, i, lane, LocalMemory.get(w.local, offset + i * element.bytes(), element.bytes()));
    }
  }

  private void put(Warp w, int i, int lane, long value) {
    if (rows[i] < 0) {
      return;
    }
    long extended = element.extend(value);
    if (element.registerBits() == 64) {
      w.d[rows[i]][lane] = extended;
    } else {
      w.r[rows[i]][lane] = (int) extended;
    }
  }
}
