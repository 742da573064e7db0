package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bitloom.emulator.memory.Allocation;

/**
 * The copies that the threads of one warp have started with cp.async and not yet waited for (PTX ISA 9.7.9.25.3). Data moves
 * when a wait asks for it and no sooner: a kernel that forgets to wait sees what was there before.
 */
final class AsyncCopies {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** What one instruction started and nobody waited for yet: a copy of every lane of {@link #lanes}. */
  static final class Batch {
    private int number;
    private int size;
    private int lanes;
    private final int[] group = new int[Warp.LANES];
    private final int[] destination = new int[Warp.LANES];
    private final Allocation[] source = new Allocation[Warp.LANES];
    private final long[] offset = new long[Warp.LANES];
    private final int[] sourceSize = new int[Warp.LANES];

    /** Adds the copy of {@code lane}: {@code bytes} bytes of the source, then zeros. */
    void add(int lane, int to, Allocation from, long at, int bytes) {
      destination[lane] = to;
      if (source[lane] != from) {
        source[lane] = from;
      }
      offset[lane] = at;
      sourceSize[lane] = bytes;
      lanes |= 1 << lane;
    }
  }

  private final Warp warp;
  private final List<Batch> flying = new ArrayList<>();
  private final List<Batch> spare = new ArrayList<>();
  private final int[] groups = new int[Warp.LANES];
  private int started;

  AsyncCopies(Warp warp) {
    this.warp = warp;
  }

  void clear() {
    spare.addAll(flying);
    flying.clear();
    Arrays.fill(groups, 0);
  }

  /** What the current instruction starts: copies of {@code size} bytes, to be added lane by lane. */
  Batch start(int size) {
    Batch batch = spare.isEmpty() ? new Batch() : spare.removeLast();
    batch.number = started++;
    batch.size = size;
    batch.lanes = 0;
    System.arraycopy(groups, 0, batch.group, 0, Warp.LANES);
    flying.add(batch);
    return batch;
  }

  /** The lanes of the warp's mask close their current group. */
  void commit() {
    for (int m = warp.mask; m != 0; m &= m - 1) {
      groups[Integer.numberOfTrailingZeros(m)]++;
    }
  }

  /** The lanes of the warp's mask wait until at most {@code newest} of their closed groups are in flight. */
  void waitGroups(int newest) {
    for (Batch batch : flying) {
      int due = 0;
      for (int m = batch.lanes & warp.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        due |= (batch.group[l] < groups[l] - newest ? 1 : 0) << l;
      }
      land(batch, due);
    }
    forgetLanded();
  }

  /** The lanes of the warp's mask wait for all their copies. */
  void waitAll() {
    for (Batch batch : flying) {
      land(batch, warp.mask);
    }
    forgetLanded();
  }

  /** How many instructions of the warp have started copies; counts on. */
  int started() {
    return started;
  }

  /** The copies of {@code lane} that the first {@code count} instructions started arrive. */
  void landFirst(int lane, int count) {
    for (Batch batch : flying) {
      if (batch.number < count) {
        land(batch, 1 << lane);
      }
    }
    forgetLanded();
  }

  private void forgetLanded() {
    int kept = 0;
    for (int i = 0; i < flying.size(); i++) {
      Batch batch = flying.get(i);
      if (batch.lanes == 0) {
        spare.add(batch);
      } else {
        flying.set(kept++, batch);
      }
    }
    flying.subList(kept, flying.size()).clear();
  }

  private void land(Batch batch, int lanes) {
    SharedMemory shared = warp.cta.shared;
    int size = batch.size;
    for (int m = batch.lanes & lanes; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      int to = batch.destination[l];
      MemorySegment data = batch.source[l].data();
      long from = batch.offset[l];
      int bytes = batch.sourceSize[l];
      if (bytes == 16) {
        shared.put64(to, data.get(LONG, from));
        shared.put64(to + 8, data.get(LONG, from + 8));
      } else {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, shared.bytes, to, bytes);
        Arrays.fill(shared.bytes, to + bytes, to + size, (byte) 0);
      }
      shared.endCopy(warp.number, l, to, size, warp.instruction());
    }
    batch.lanes &= ~lanes;
  }
}
