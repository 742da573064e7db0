package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

import org.bitloom.emulator.memory.Allocation;

/**
 * The copies that the threads of one warp have started with cp.async and not yet waited for (PTX ISA 9.7.9.25.3). Data moves
 * when a wait asks for it and no sooner: a kernel that forgets to wait sees what was there before.
 */
final class AsyncCopies {
  /** One cp.async of one thread; {@code group} is the number of its commit group. */
  private record Copy(int number, int lane, int group, int destination, int size, Allocation source, long offset,
      int sourceSize) {
  }

  private final Warp warp;
  private final List<Copy> flying = new ArrayList<>();
  private int started;
  private final int[] groups = new int[Warp.LANES];

  AsyncCopies(Warp warp) {
    this.warp = warp;
  }

  void clear() {
    flying.clear();
    Arrays.fill(groups, 0);
  }

  void start(int lane, int destination, int size, Allocation source, long offset, int sourceSize) {
    flying.add(new Copy(started++, lane, groups[lane], destination, size, source, offset, sourceSize));
  }

  /** The lanes of the warp's mask close their current group. */
  void commit() {
    for (int m = warp.mask; m != 0; m &= m - 1) {
      groups[Integer.numberOfTrailingZeros(m)]++;
    }
  }

  /** The lanes of the warp's mask wait until at most {@code newest} of their closed groups are in flight. */
  void waitGroups(int newest) {
    land(copy -> copy.group < groups[copy.lane] - newest);
  }

  /** The lanes of the warp's mask wait for all their copies. */
  void waitAll() {
    land(copy -> true);
  }

  private void land(java.util.function.Predicate<Copy> due) {
    for (Iterator<Copy> i = flying.iterator(); i.hasNext();) {
      Copy copy = i.next();
      if ((warp.mask >> copy.lane & 1) != 0 && due.test(copy)) {
        land(copy);
        i.remove();
      }
    }
  }

  /** How many copies the warp has started; counts on. */
  int started() {
    return started;
  }

  /** The copies of {@code lane} among the first {@code count} that the warp started arrive. */
  void landFirst(int lane, int count) {
    for (Iterator<Copy> i = flying.iterator(); i.hasNext();) {
      Copy copy = i.next();
      if (copy.lane == lane && copy.number < count) {
        land(copy);
        i.remove();
      }
    }
  }

  private void land(Copy copy) {
    byte[] shared = warp.cta.shared.bytes;
    if (copy.sourceSize > 0) {
      MemorySegment.copy(copy.source.data(), ValueLayout.JAVA_BYTE, copy.offset, shared, copy.destination,
          copy.sourceSize);
    }
    Arrays.fill(shared, copy.destination + copy.sourceSize, copy.destination + copy.size, (byte) 0);
    warp.cta.shared.endCopy(warp, copy.lane, copy.destination, copy.size);
  }
}
