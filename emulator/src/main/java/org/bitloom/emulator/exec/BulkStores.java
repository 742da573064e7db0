package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

import org.bitloom.emulator.memory.Allocation;

/**
 * The bulk copies to global memory that the threads of one warp have started and not waited for (PTX ISA 9.7.9.25.4.4 and
 * .5). Shared memory is read when a wait asks for it, or when the thread exits.
 */
final class BulkStores {
  private record Store(int lane, int group, int source, int size, Allocation destination, long offset) {
  }

  private final Warp warp;
  private final List<Store> flying = new ArrayList<>();
  private final int[] groups = new int[Warp.LANES];

  BulkStores(Warp warp) {
    this.warp = warp;
  }

  void clear() {
    flying.clear();
    Arrays.fill(groups, 0);
  }

  void start(int lane, int source, int size, Allocation destination, long offset) {
    flying.add(new Store(lane, groups[lane], source, size, destination, offset));
  }

  void commit() {
    for (int m = warp.mask; m != 0; m &= m - 1) {
      groups[Integer.numberOfTrailingZeros(m)]++;
    }
  }

  void waitGroups(int newest) {
    for (Iterator<Store> i = flying.iterator(); i.hasNext();) {
      Store s = i.next();
      if ((warp.mask >> s.lane & 1) != 0 && s.group < groups[s.lane] - newest) {
        land(s);
        i.remove();
      }
    }
  }

  /** The lanes of the warp's mask exit. */
  void finish() {
    if (flying.isEmpty()) {
      return;
    }
    for (Iterator<Store> i = flying.iterator(); i.hasNext();) {
      Store s = i.next();
      if ((warp.mask >> s.lane & 1) != 0) {
        land(s);
        i.remove();
      }
    }
  }

  private void land(Store s) {
    MemorySegment.copy(warp.cta.shared.bytes, s.source, s.destination.data(), ValueLayout.JAVA_BYTE, s.offset, s.size);
  }
}
