package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** wgmma is asynchronous: what a kernel may touch, and when. */
class WarpgroupTest {
  private static final int ROWS = 64;
  private static final int COLUMNS = 8;
  private static final int DEPTH = 32;
  private static final int THREADS = 128;

  /** y[64][8] = a[64][32] b[8][32], bytes; two products of the same numbers, in two groups, A in registers. */
  private static final String KERNEL = """

      #define VOLATILE asm volatile
      static __device__ __forceinline__ void fence() { VOLATILE("wgmma.fence.sync.aligned;" ::: "memory"); }
      static __device__ __forceinline__ void commit() { VOLATILE("wgmma.commit_group.sync.aligned;" ::: "memory"); }
      static __device__ __forceinline__ void mma(int (&d)[4], const u32 (&a)[4], u64 b) {
        VOLATILE("wgmma.mma_async.sync.aligned.m64n8k32.s32.s8.s8 {%0,%1,%2,%3}, {%4,%5,%6,%7}, %8, 1;"
          : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
      }
      extern "C" __global__ void product(const u32* a, const u32* b, int* y) {
        __shared__ __align__(128) u32 tile[64];
        int t = threadIdx.x, row = t / 32 * 16 + t % 32 / 4;
        if (t < 64) tile[t / 8 * 4 + t % 4 + t % 8 / 4 * 32] = b[t];
        VOLATILE("fence.proxy.async.shared::cta;" ::: "memory");
        __syncthreads();
        u64 desc = (u64)(sptr(tile) >> 4) | 8ull << 16 | 16ull << 32;
        u32 v[4];
        for (int r = 0; r < 4; r++) v[r] = a[(row + 8 * (r % 2)) * 8 + t % 4 + r / 2 * 4];
        int d[4] = {}, e[4] = {};
        FENCE
        mma(d, v, desc);
        commit();
        BETWEEN
        mma(e, v, desc);
        commit();
        AFTER
        VOLATILE("wgmma.wait_group.sync.aligned 0;" ::: "memory");
        for (int i = 0; i < 4; i++) y[(row + 8 * (i / 2)) * 8 + t % 4 * 2 + i % 2] = d[i] + e[i];
      }
      """;

  private static int number(int i) {
    return i * 37 % 23 - 11;
  }

  private static int[] run(String fence, String between, String after) {
    return run(KERNEL, fence, between, after);
  }

  private static int[] run(String kernel, String fence, String between, String after) {
    String text = kernel.replace("FENCE", fence).replace("BETWEEN", between).replace("AFTER", after);
    try (Emulator emulator = new Emulator(1); KernelModule module = emulator.load(Cuda.ptx(text))) {
      Allocation a = bytes(emulator, "a", ROWS * DEPTH);
      Allocation b = bytes(emulator, "b", COLUMNS * DEPTH);
      Allocation y = emulator.memory().allocate("y", 4L * ROWS * COLUMNS);
      emulator.launch(module, "product", Emulator.Shape.of(1, THREADS, 0),
          new Arguments().add(a.base()).add(b.base()).add(y.base()));
      int[] result = new int[ROWS * COLUMNS];
      emulator.memory().download(y.base(), MemorySegment.ofArray(result));
      return result;
    }
  }

  private static Allocation bytes(Emulator emulator, String name, int count) {
    Allocation allocation = emulator.memory().allocate(name, count);
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      values[i] = (byte) number(i);
    }
    emulator.memory().upload(MemorySegment.ofArray(values), allocation.base());
    return allocation;
  }

  private static KernelFault fault(String fence, String between, String after) {
    KernelFault fault = assertThrows(KernelFault.class, () -> run(fence, between, after));
    assertEquals(FaultKind.UNORDERED_REGISTER, fault.kind(), fault.getMessage());
    return fault;
  }

  @Test
  void multipliesWhenWaitedFor() {
    int[] y = run("fence();", "", "");
    for (int i = 0; i < y.length; i++) {
      int row = i / COLUMNS;
      int column = i % COLUMNS;
      assertEquals(
          2 * IntStream.range(0, DEPTH).map(k -> number(row * DEPTH + k) * number(column * DEPTH + k)).sum(), y[i]);
    }
  }

  @Test
  void reportsAMissingFenceBeforeTheFirstProduct() {
    assertTrue(fault("", "", "").getMessage().contains("no wgmma.fence before the first product"));
  }

  @Test
  void reportsAMissingFenceAfterRegistersWereUsed() {
    KernelFault fault = fault("fence();",
        "VOLATILE(\"wgmma.wait_group.sync.aligned 0;\" ::: \"memory\"); VOLATILE(\"add.s32 %0, %0, 1;\" : \"+r\"(e[1]));",
        "");
    assertTrue(fault.getMessage().contains("no wgmma.fence since another instruction used a register"),
        fault.getMessage());
  }

  @Test
  void reportsAccumulatorsReadTooEarly() {
    KernelFault fault = fault("fence();", "", "VOLATILE(\"add.s32 %0, %0, 1;\" : \"+r\"(d[1]));");
    assertTrue(fault.getMessage().contains("an accumulator of the product issued at test.cu.cu:"), fault.getMessage());
  }

  @Test
  void reportsAMissingFenceAfterSharedMemoryWasWritten() {
    String proxy = "VOLATILE(\"fence.proxy.async.shared::cta;\" ::: \"memory\");";
    String none = KERNEL.replace(proxy, "");
    KernelFault fault = assertThrows(KernelFault.class, () -> run(none, "fence();", "", ""));
    assertEquals(FaultKind.UNFENCED_WRITE, fault.kind(), fault.getMessage());
    assertTrue(fault.getMessage().contains("no fence.proxy.async between them"), fault.getMessage());
    assertThrows(KernelFault.class, () -> run(none, "fence();", "", proxy), "a fence behind the products is too late");
    run(none.replace("__syncthreads();", "__syncthreads(); " + proxy), "fence();", "", "");
  }

  @Test
  void waitsForTheOldestGroupsOnly() {
    assertEquals(run("fence();", "", "")[1] + 2, run("fence();", "",
        "VOLATILE(\"wgmma.wait_group.sync.aligned 1;\" ::: \"memory\"); VOLATILE(\"add.s32 %0, %0, 2;\" : \"+r\"(d[1]));")[1]);
    fault("fence();", "",
        "VOLATILE(\"wgmma.wait_group.sync.aligned 1;\" ::: \"memory\"); VOLATILE(\"add.s32 %0, %0, 2;\" : \"+r\"(e[1]));");
  }

  @Test
  void reportsOperandsWrittenTooEarly() {
    KernelFault fault = fault("fence();", "VOLATILE(\"add.s32 %0, %0, 1;\" : \"+r\"(v[2]));", "");
    assertTrue(fault.getMessage().contains("an operand of the product"), fault.getMessage());
  }
}
