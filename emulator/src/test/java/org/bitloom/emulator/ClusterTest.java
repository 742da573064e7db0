package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clusters of two CTAs of 64 threads: shared memory of the other CTA, the barrier of the cluster, copies to both. */
class ClusterTest {
  private static final int THREADS = 64;
  private static final int BLOCKS = 6;

  private static final String PRELUDE = """

      static __device__ __forceinline__ u32 rank() { u32 r; asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(r)); return r; }
      static __device__ __forceinline__ u32 at(u32 address, u32 rank) {
        u32 v; asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(v) : "r"(address), "r"(rank)); return v;
      }
      static __device__ __forceinline__ int load(u32 address) {
        int v; asm volatile("ld.shared::cluster.s32 %0, [%1];" : "=r"(v) : "r"(address) : "memory"); return v;
      }
      static __device__ __forceinline__ void arrive() { asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory"); }
      static __device__ __forceinline__ void wait() { asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory"); }
      static __device__ __forceinline__ void wait(u32 bar, u32 parity) {
        asm volatile("{ .reg .pred P; AGAIN: mbarrier.try_wait.parity.shared::cta.b64 P, [%0], %1; @P bra DONE; bra AGAIN; DONE: }"
          :: "r"(bar), "r"(parity) : "memory");
      }
      extern "C" __global__ void __cluster_dims__(2) k(const int* in, int* out) {
        __shared__ __align__(128) int s[64];
        __shared__ __align__(8) u64 full;
        int t = threadIdx.x, g = blockIdx.x * 64 + t;
      """;

  private static int[] run(String body) {
    try (Emulator e = new Emulator(1); KernelModule module = e.load(Cuda.ptx(PRELUDE + body + "\n}"))) {
      Allocation in = e.memory().allocate("in", 4L * THREADS * BLOCKS);
      Allocation out = e.memory().allocate("out", 4L * THREADS * BLOCKS);
      e.memory().upload(MemorySegment.ofArray(IntStream.range(0, THREADS * BLOCKS).toArray()), in.base());
      e.launch(module, "k", Emulator.Shape.of(BLOCKS, THREADS, 0), new Arguments().add(in.base()).add(out.base()));
      int[] result = new int[THREADS * BLOCKS];
      e.memory().download(out.base(), MemorySegment.ofArray(result));
      return result;
    }
  }

  private static String fault(FaultKind kind, String body) {
    KernelFault fault = assertThrows(KernelFault.class, () -> run(body));
    assertEquals(kind, fault.kind(), fault.getMessage());
    return fault.getMessage();
  }

  private static final String EXCHANGE = """
      s[t] = in[g];
      BEFORE
      out[g] = load(at(sptr(s + 63 - t), rank() ^ 1));
      AFTER
      """;

  private static String exchange(String before, String after) {
    return EXCHANGE.replace("BEFORE", before).replace("AFTER", after);
  }

  private static int[] exchanged() {
    return IntStream.range(0, THREADS * BLOCKS).map(g -> (g / 64 ^ 1) * 64 + 63 - g % 64).toArray();
  }

  @Test
  void readsTheSharedMemoryOfTheOtherBlock() {
    assertArrayEquals(exchanged(), run(exchange("arrive(); wait();", "arrive(); wait();")));
  }

  @Test
  void reportsAMissingBarrierOfTheCluster() {
    fault(FaultKind.UNWRITTEN_READ, exchange("__syncthreads();", "arrive(); wait();"));
  }

  @Test
  void reportsARaceWithTheOtherBlock() {
    String message = fault(FaultKind.SHARED_RACE, exchange("arrive(); wait();", "s[t] = 0; arrive(); wait();"));
    assertTrue(message.contains("of the CTA of rank"), message);
  }

  @Test
  void reportsSharedMemoryOfABlockThatHasExited() {
    fault(FaultKind.OUT_OF_BOUNDS, exchange("arrive(); wait();",
        "arrive(); wait(); if (rank() == 0) return; for (int i = 0; i < 100; i++) __syncthreads(); out[g] = load(at(sptr(s), 0));"));
  }

  @Test
  void reportsAWaitWithoutArrival() {
    fault(FaultKind.DIVERGENT_BARRIER, exchange("wait();", ""));
  }

  @Test
  void reportsABlockThatNeverArrives() {
    fault(FaultKind.DEADLOCK,
        exchange("arrive(); wait();",
            "arrive(); if (rank() == 0) { __syncthreads(); if (t < 32) wait(); asm volatile(\"bar.sync 1, 96;\"); } else wait();"));
  }

  private static final String MULTICAST = """
      if (t == 0) {
        asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" :: "r"(sptr(&full)) : "memory");
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
        asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], 256;" :: "r"(sptr(&full)) : "memory");
      }
      arrive(); wait();
      if (t == 0) {
        const int half = 32 * rank();
        asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1], 128, [%2], %3;"
          :: "r"(sptr(s + half)), "l"(in + blockIdx.x / 2 * 64 + half), "r"(sptr(&full)), "h"((u16)3) : "memory");
      }
      WAIT
      out[g] = s[t];
      arrive(); wait();
      """;

  @Test
  void copiesToAllBlocksOfTheCluster() {
    assertArrayEquals(IntStream.range(0, THREADS * BLOCKS).map(g -> g / 128 * 64 + g % 64).toArray(),
        run(MULTICAST.replace("WAIT", "wait(sptr(&full), 0);")));
  }

  @Test
  void reportsCopiesFromTheOtherBlockThatNobodyWaitedFor() {
    fault(FaultKind.COPY_IN_FLIGHT, MULTICAST.replace("WAIT", "arrive(); wait();"));
  }

  private static final String SEND = """
      if (t == 0) {
        asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" :: "r"(sptr(&full)) : "memory");
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
        asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], 256;" :: "r"(sptr(&full)) : "memory");
      }
      arrive(); wait();
      asm volatile("st.async.shared::cluster.mbarrier::complete_tx::bytes.s32 [%0], %1, [%2];"
        :: "r"(at(sptr(s + 63 - t), rank() ^ 1)), "r"(in[g]), "r"(at(sptr(&full), rank() ^ 1)) : "memory");
      wait(sptr(&full), 0);
      out[g] = s[t];
      arrive(); wait();
      """;

  @Test
  void storesToTheOtherBlockAndAnnouncesItThere() {
    assertArrayEquals(exchanged(), run(SEND));
  }

  private static final String BULK = """
      __shared__ __align__(128) int mine[64];
      mine[t] = in[g];
      if (t == 0) {
        asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" :: "r"(sptr(&full)) : "memory");
        asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], 256;" :: "r"(sptr(&full)) : "memory");
      }
      asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
      arrive(); wait();
      if (t == 0) {
        asm volatile("cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [%0], [%1], 256, [%2];"
          :: "r"(at(sptr(s), rank() ^ 1)), "r"(sptr(mine)), "r"(at(sptr(&full), rank() ^ 1)) : "memory");
      }
      wait(sptr(&full), 0);
      out[g] = s[63 - t];
      arrive(); wait();
      """;

  @Test
  void copiesSharedMemoryToTheOtherBlock() {
    assertArrayEquals(exchanged(), run(BULK));
  }

  @Test
  void arrivesAtTheBarrierOfTheOtherBlock() {
    assertArrayEquals(exchanged(),
        run("""
            s[t] = in[g];
            if (t == 0) asm volatile("mbarrier.init.shared::cta.b64 [%0], 64;" :: "r"(sptr(&full)) : "memory");
            arrive(); wait();
            out[g] = load(at(sptr(s + 63 - t), rank() ^ 1));
            asm volatile("mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" :: "r"(at(sptr(&full), rank() ^ 1)) : "memory");
            wait(sptr(&full), 0);
            s[t] = 0;
            arrive(); wait();
            """));
  }

  @Test
  void countsBlocksOfTheCluster() {
    assertArrayEquals(IntStream.range(0, THREADS * BLOCKS).map(g -> g / 64 % 2 + 10 * 2 + 100 * (g / 128)).toArray(),
        run("""
            u32 n, c;
            asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(n));
            asm("mov.u32 %0, %%clusterid.x;" : "=r"(c));
            out[g] = rank() + 10 * n + 100 * c;
            """));
  }
}
