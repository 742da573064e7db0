package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.util.List;

import org.bitloom.emulator.memory.GlobalMemory;

/**
 * One launch: a program, its shape and arguments, and what it may write.
 *
 * @param outputs address ranges that the kernel may write; empty if it may write all of memory
 * @param order of its blocks and warps
 * @param start when its blocks may start
 * @param instructionLimit warp instructions a CTA may execute before it counts as hung
 */
public record Grid(Program program, GlobalMemory memory, Dim grid, Dim block, int dynamicSmem, MemorySegment arguments,
    List<Range> outputs, Order order, Start start, long instructionLimit) {
  /** Three extents. */
  public record Dim(int x, int y, int z) {
    public Dim {
      if (x < 1 || y < 1 || z < 1) {
        throw new IllegalArgumentException("extents are at least 1, not " + x + " x " + y + " x " + z);
      }
    }

    /** A line of {@code x}. */
    public static Dim of(int x) {
      return new Dim(x, 1, 1);
    }

    /** The number of points. */
    public int count() {
      return Math.multiplyExact(Math.multiplyExact(x, y), z);
    }
  }

  /** A range of global addresses. */
  public record Range(long address, long bytes) {
    boolean holds(long start, int size) {
      return start >= address && start - address + size <= bytes;
    }
  }

  public Grid {
    outputs = List.copyOf(outputs);
    if (block.count() > 1024) {
      throw new IllegalArgumentException("a block has at most 1024 threads, not " + block.count());
    }
    Dim cluster = program.cluster();
    if (grid.x() % cluster.x() != 0 || grid.y() % cluster.y() != 0 || grid.z() % cluster.z() != 0) {
      throw new IllegalArgumentException(grid + " is no whole number of clusters of " + cluster);
    }
    if (arguments.byteSize() < program.parameterBytes()) {
      throw new IllegalArgumentException(program.kernel() + " takes " + program.parameterBytes()
          + " bytes of arguments, not " + arguments.byteSize());
    }
  }

  /** Warps of a block. */
  public int warps() {
    return Math.ceilDiv(block.count(), Warp.LANES);
  }

  /** Bytes of shared memory of a block. */
  public int sharedBytes() {
    return program.dynamicSharedStart() + dynamicSmem;
  }
}
