package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

import org.bitloom.emulator.exec.Order;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Blocks and warps run in the order that a launch asks for. */
class OrderTest {
  private static final int BLOCKS = 12;
  private static final int WARPS = 6;

  private static final String KERNELS = """
      extern "C" __global__ void blocks(int* next, int* out) { out[blockIdx.x] = atomicAdd(next, 1); }
      extern "C" __global__ void warps(int* next, int* out) {
        if (threadIdx.x % 32 == 0) out[threadIdx.x / 32] = atomicAdd(next, 1);
      }
      extern "C" __global__ void groups(int* next, int* out) {
        __shared__ int cell[64];
        int group = threadIdx.x / 64, t = threadIdx.x % 64;
        if (group == 0) cell[t] = t;
        asm volatile("bar.sync 1, 64;" ::: "memory");
        if (group == 0) out[t] = cell[63 - t];
      }
      """;

  private static int[] run(String kernel, int blocks, int threads, Order order, int count) {
    try (Emulator e = new Emulator(1); KernelModule module = e.load(Cuda.ptx(KERNELS))) {
      Allocation next = e.memory().allocate("next", 4);
      Allocation out = e.memory().allocate("out", 4L * count);
      e.memory().upload(MemorySegment.ofArray(new int[1]), next.base());
      e.launch(module, kernel, Emulator.Shape.of(blocks, threads, 0).in(order),
          new Arguments().add(next.base()).add(out.base()));
      int[] result = new int[count];
      e.memory().download(out.base(), MemorySegment.ofArray(result));
      return result;
    }
  }

  private static void assertOrders(String kernel, int blocks, int threads, int count) {
    int[] ascending = IntStream.range(0, count).toArray();
    assertArrayEquals(ascending, run(kernel, blocks, threads, Order.ASCENDING, count));
    int[] other = run(kernel, blocks, threads, new Order(1), count);
    assertFalse(Arrays.equals(ascending, other));
    assertArrayEquals(other, run(kernel, blocks, threads, new Order(1), count), "the same seed, the same order");
    assertArrayEquals(ascending, Arrays.stream(other).sorted().toArray(), "everyone once");
  }

  @Test
  void startsBlocksInTheOrderOfTheLaunch() {
    assertOrders("blocks", BLOCKS, 1, BLOCKS);
  }

  @Test
  void givesWarpsTheirTurnsInTheOrderOfTheLaunch() {
    assertOrders("warps", 1, 32 * WARPS, WARPS);
  }

  /** In ascending order the two warps of each group happen to meet each other. */
  @Test
  void reportsABarrierThatTwoGroupsShareWithTheOrderThatShowsIt() {
    assertArrayEquals(IntStream.range(0, 64).map(t -> 63 - t).toArray(),
        run("groups", 1, 128, Order.ASCENDING, 64));
    KernelFault fault = assertThrows(KernelFault.class, () -> {
      for (int seed = 1; seed <= 20; seed++) {
        run("groups", 1, 128, new Order(seed), 64);
      }
    });
    assertEquals(FaultKind.SHARED_RACE, fault.kind());
    assertTrue(fault.getMessage().contains("in order "), fault.getMessage());
  }
}
