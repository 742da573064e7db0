package org.bitloom.emulator;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.exec.Launch;
import org.bitloom.emulator.exec.Order;
import org.bitloom.emulator.exec.Start;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.memory.GlobalMemory;
import org.bitloom.emulator.ptx.SourceLine;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;

/**
 * A GPU on the JVM: global memory, and launches of kernels from their PTX. Every access is checked; a fault of a kernel
 * comes as {@link KernelFault}.
 */
public final class Emulator implements AutoCloseable {
  private static final long INSTRUCTION_LIMIT = 2_000_000_000L;

  private final GlobalMemory memory = new GlobalMemory();
  private final int parallelism;
  private final ExecutorService threads;

  /** An emulator that uses all cores. */
  public Emulator() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /** An emulator that runs {@code parallelism} thread blocks at a time. */
  public Emulator(int parallelism) {
    this.parallelism = parallelism;
    this.threads = Executors.newFixedThreadPool(Math.max(1, parallelism - 1),
        Thread.ofPlatform().name("emulated-sm-", 0).daemon(true).factory());
  }

  /** The device's memory. */
  public GlobalMemory memory() {
    return memory;
  }

  /** Loads a PTX text. */
  public KernelModule load(String ptx) {
    return new KernelModule(ptx, memory);
  }

  /** What a launch needs beside its kernel. */
  public record Shape(Grid.Dim grid, Grid.Dim block, int dynamicSmem, Order order, Start start) {
    /** In ascending order, behind all earlier launches. */
    public Shape(Grid.Dim grid, Grid.Dim block, int dynamicSmem) {
      this(grid, block, dynamicSmem, Order.ASCENDING, new Start.Behind());
    }

    /** The same in another order. */
    public Shape in(Order other) {
      return new Shape(grid, block, dynamicSmem, other, start);
    }

    /** The same, started at another time. */
    public Shape at(Start other) {
      return new Shape(grid, block, dynamicSmem, order, other);
    }

    /** One-dimensional. */
    public static Shape of(int blocks, int threads, int dynamicSmem) {
      return new Shape(Grid.Dim.of(blocks), Grid.Dim.of(threads), dynamicSmem);
    }
  }

  /** Runs a kernel that may write all of memory. */
  public Launch.Statistics launch(KernelModule module, String entry, Shape shape, Arguments arguments) {
    return launch(module, entry, shape, arguments, List.of());
  }

  /** Runs a kernel that may write {@code outputs} only (everything if empty). */
  public Launch.Statistics launch(KernelModule module, String entry, Shape shape, Arguments arguments,
      List<Grid.Range> outputs) {
    Grid grid = new Grid(module.program(entry), memory, shape.grid(), shape.block(), shape.dynamicSmem(),
        arguments.toMemory(), outputs, shape.order(), shape.start(), INSTRUCTION_LIMIT);
    return Launch.run(grid, threads, parallelism);
  }

  /**
   * Poisons {@code required}, runs the kernel, and checks that it wrote all of it.
   *
   * @param outputs what else it may write
   * @throws KernelFault if a byte of {@code required} stays unwritten
   */
  public Launch.Statistics launchChecked(KernelModule module, String entry, Shape shape, Arguments arguments,
      Grid.Range required, List<Grid.Range> outputs) {
    memory.poison(required.address(), required.bytes());
    List<Grid.Range> writable = new java.util.ArrayList<>(outputs);
    writable.add(required);
    Launch.Statistics statistics = launch(module, entry, shape, arguments, writable);
    requireWritten(entry, required);
    return statistics;
  }

  private void requireWritten(String entry, Grid.Range required) {
    Allocation a = memory.holding(required.address(), required.bytes());
    long start = required.address() - a.base();
    long missing = a.firstUnwritten(start, required.bytes());
    if (missing >= 0) {
      throw new KernelFault(FaultKind.OUTPUT_NOT_WRITTEN, entry, "any thread", SourceLine.UNKNOWN, "any instruction",
          "byte " + (missing - start) + " of an output of " + required.bytes() + " bytes in '" + a.name() + "'");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    memory.close();
  }
}
