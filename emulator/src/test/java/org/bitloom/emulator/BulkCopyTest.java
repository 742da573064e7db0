package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A ring of bulk copies and mbarriers: one producing thread, consuming warps, results stored in bulk. */
class BulkCopyTest {
  private static final int STAGES = 2;
  private static final int TILE = 64;
  private static final int TILES = 7;

  private static final String PIPELINE = """
      static const int STAGES = 2, TILE = 64;
      static __device__ __forceinline__ void wait(u32 bar, u32 parity) {
        asm volatile("{ .reg .pred P; AGAIN: mbarrier.try_wait.parity.shared::cta.b64 P, [%0], %1; @P bra DONE; bra AGAIN; DONE: }"
          :: "r"(bar), "r"(parity) : "memory");
      }
      extern "C" __global__ void ring(const int* in, int* out, int tiles) {
        __shared__ __align__(128) int slot[STAGES][TILE];
        __shared__ __align__(128) int result[TILE];
        __shared__ __align__(8) u64 full[STAGES], empty[STAGES];
        int t = threadIdx.x;
        if (t == 0) {
          for (int s = 0; s < STAGES; s++) {
            asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" :: "r"(sptr(full + s)) : "memory");
            asm volatile("mbarrier.init.shared::cta.b64 [%0], 2;" :: "r"(sptr(empty + s)) : "memory");
          }
          asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
        }
        INIT_BARRIER
        if (t == 64) {
          for (int i = 0; i < tiles; i++) {
            int s = i % STAGES;
            if (i >= STAGES) WAIT_EMPTY
            asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" :: "r"(sptr(full + s)), "r"(TILE * 4) : "memory");
            asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
              :: "r"(sptr(slot[s])), "l"(in + i * TILE), "r"(TILE * 4), "r"(sptr(full + s)) : "memory");
          }
        } else if (t < 64) {
          int sum = 0;
          for (int i = 0; i < tiles; i++) {
            int s = i % STAGES;
            WAIT_FULL
            sum += slot[s][63 - t] * (i + 1);
            __syncwarp();
            if (t % 32 == 0) asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" :: "r"(sptr(empty + s)) : "memory");
          }
          result[t] = sum;
          asm volatile("bar.sync 1, 64;" ::: "memory");
          if (t == 0) {
            asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
            asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" :: "l"(out), "r"(sptr(result)), "r"(TILE * 4) : "memory");
            asm volatile("cp.async.bulk.commit_group;" ::: "memory");
            asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
          }
        }
      }
      """;

  private static int[] run(String waitEmpty, String waitFull, String initBarrier) {
    return run(text(waitEmpty, waitFull, initBarrier));
  }

  private static String text(String waitEmpty, String waitFull, String initBarrier) {
    return PIPELINE.replace("WAIT_EMPTY", waitEmpty).replace("WAIT_FULL", waitFull).replace("INIT_BARRIER",
        initBarrier);
  }

  private static int[] run(String text) {
    try (Emulator e = new Emulator(1); KernelModule module = e.load(Cuda.ptx(text))) {
      Allocation in = e.memory().allocate("in", 4L * TILE * TILES);
      Allocation out = e.memory().allocate("out", 4L * TILE);
      e.memory().upload(MemorySegment.ofArray(IntStream.range(0, TILE * TILES).toArray()), in.base());
      e.launchChecked(module, "ring", Emulator.Shape.of(1, 96, 0),
          new Arguments().add(in.base()).add(out.base()).add(TILES), new Grid.Range(out.base(), out.bytes()),
          List.of());
      int[] result = new int[TILE];
      e.memory().download(out.base(), MemorySegment.ofArray(result));
      return result;
    }
  }

  private static final String GOOD_EMPTY = "wait(sptr(empty + s), (i / STAGES - 1) & 1);";
  private static final String GOOD_FULL = "wait(sptr(full + s), (i / STAGES) & 1);";
  private static final String GOOD_INIT = "__syncthreads();";

  @Test
  void bringsEveryTileOnce() {
    int[] expected = IntStream.range(0, TILE)
        .map(t -> IntStream.range(0, TILES).map(i -> (i * TILE + 63 - t) * (i + 1)).sum()).toArray();
    assertEquals(2, STAGES);
    assertArrayEquals(expected, run(GOOD_EMPTY, GOOD_FULL, GOOD_INIT));
  }

  private static void assertFault(FaultKind kind, String waitEmpty, String waitFull, String initBarrier) {
    assertFault(kind, text(waitEmpty, waitFull, initBarrier));
  }

  private static void assertFault(FaultKind kind, String text) {
    KernelFault fault = assertThrows(KernelFault.class, () -> run(text));
    assertEquals(kind, fault.kind(), fault.getMessage());
  }

  @Test
  void reportsALaneThatArrivesForOthers() {
    assertFault(FaultKind.SHARED_RACE, text(GOOD_EMPTY, GOOD_FULL, GOOD_INIT).replace("__syncwarp();", ""));
  }

  @Test
  void reportsALaneThatArrivesForOthersBehindAWaitForProducts() {
    assertFault(FaultKind.SHARED_RACE, text(GOOD_EMPTY, GOOD_FULL, GOOD_INIT).replace("__syncwarp();",
        "asm volatile(\"wgmma.wait_group.sync.aligned 0;\" ::: \"memory\");"));
  }

  @Test
  void acceptsWhatALaneReadThatArrivesItself() {
    int[] expected = run(GOOD_EMPTY, GOOD_FULL, GOOD_INIT);
    assertArrayEquals(expected, run(text(GOOD_EMPTY, GOOD_FULL, GOOD_INIT).replace("__syncwarp();", "")
        .replace("[%0], 2;", "[%0], 64;").replace("if (t % 32 == 0) asm", "asm")));
  }

  @Test
  void reportsAConsumerThatDoesNotWait() {
    assertFault(FaultKind.COPY_IN_FLIGHT, GOOD_EMPTY, "", GOOD_INIT);
  }

  @Test
  void reportsAProducerThatDoesNotWait() {
    assertFault(FaultKind.INVALID_OPERAND, ";", GOOD_FULL, GOOD_INIT);
  }

  @Test
  void reportsAWaitForTheWrongPhase() {
    assertFault(FaultKind.COPY_IN_FLIGHT, GOOD_EMPTY, "wait(sptr(full + s), (i / STAGES + 1) & 1);", GOOD_INIT);
  }

  @Test
  void reportsBarriersUsedBeforeTheirInitIsOrdered() {
    assertFault(FaultKind.SHARED_RACE, GOOD_EMPTY, GOOD_FULL, "");
  }

  @Test
  void reportsAWaitThatNobodyEnds() {
    assertFault(FaultKind.DEADLOCK, GOOD_EMPTY, "wait(sptr(empty + s), 0);", GOOD_INIT);
  }
}
