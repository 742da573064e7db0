package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.List;

import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every kind of fault is reported with its kernel, thread and CUDA line. */
class SanitizerTest {
  private static final int THREADS = 64;

  /** Runs {@code body} (line 2 on) with 64 threads, 64 numbers in, 64 out, 64 words of scratch s in shared memory. */
  private static void run(String body) {
    String text = "extern \"C\" __global__ void k(const int* in, int* out, int* other) { "
        + "__shared__ __align__(16) int s[64]; int t = threadIdx.x;\n" + body + "\n}";
    try (Emulator e = new Emulator(1); KernelModule module = e.load(Cuda.ptx(text))) {
      Allocation in = e.memory().allocate("in", 4 * THREADS);
      Allocation out = e.memory().allocate("out", 4 * THREADS);
      Allocation other = e.memory().allocate("other", 4 * THREADS);
      e.memory().upload(MemorySegment.ofArray(new int[THREADS]), in.base());
      e.launchChecked(module, "k", Emulator.Shape.of(1, THREADS, 0),
          new Arguments().add(in.base()).add(out.base()).add(other.base()), new Grid.Range(out.base(), out.bytes()),
          List.of());
    }
  }

  private static KernelFault fault(FaultKind kind, int line, String body) {
    KernelFault fault = assertThrows(KernelFault.class, () -> run(body));
    assertEquals(kind, fault.kind(), fault.getMessage());
    assertEquals(line, fault.line().line(), fault.getMessage());
    assertTrue(fault.getMessage().startsWith("k: "), fault.getMessage());
    return fault;
  }

  @Test
  void acceptsAKernelWithoutFault() {
    run("""
        s[t] = in[t];
        __syncthreads();
        out[t] = s[63 - t];
        """);
  }

  @Test
  void reportsReadsOutOfBounds() {
    KernelFault fault = fault(FaultKind.OUT_OF_BOUNDS, 3, """
        int i = t + 1;
        out[t] = in[i];
        """);
    assertTrue(fault.getMessage().contains("thread (63, 0, 0)"), fault.getMessage());
    assertTrue(fault.getMessage().contains("byte 256 of 'in' (256 bytes)"), fault.getMessage());
  }

  @Test
  void reportsWritesOutOfBounds() {
    fault(FaultKind.OUT_OF_BOUNDS, 3, """
        out[t] = 0;
        out[t + 64] = 1;
        """);
  }

  @Test
  void reportsMisalignedAccesses() {
    fault(FaultKind.MISALIGNED, 3,
        """
            int4 v;
            asm volatile("ld.global.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(in + 1 + 0 * t));
            out[t] = v.x;
            """);
  }

  @Test
  void reportsReadsOfUnwrittenGlobalMemory() {
    fault(FaultKind.UNWRITTEN_READ, 2, "out[t] = other[t];");
  }

  @Test
  void reportsReadsOfUnwrittenSharedMemory() {
    fault(FaultKind.UNWRITTEN_READ, 4, """
        if (t < 63) s[t] = 1;
        __syncthreads();
        out[t] = s[t];
        """);
  }

  @Test
  void reportsAMissingBlockBarrier() {
    KernelFault fault = fault(FaultKind.SHARED_RACE, 3, """
        s[t] = in[t];
        out[t] = t < 32 ? 0 : s[t - 32];
        """);
    assertTrue(fault.getMessage().contains("write by lane 0 of warp 0 at test.cu.cu:2:"), fault.getMessage());
  }

  @Test
  void reportsReadsAheadOfTheWrite() {
    fault(FaultKind.UNWRITTEN_READ, 3, """
        s[t] = in[t];
        out[t] = t < 32 ? s[t + 32] : 0;
        """);
  }

  @Test
  void reportsAMissingWarpBarrier() {
    fault(FaultKind.SHARED_RACE, 3, """
        s[t] = in[t];
        out[t] = s[t ^ 1];
        """);
  }

  @Test
  void reportsAWriteThatOvertakesReaders() {
    KernelFault fault = fault(FaultKind.SHARED_RACE, 4, """
        s[t] = in[t];
        __syncthreads();
        out[t] = s[63 - t];
        s[t] = 2;
        """);
    assertTrue(fault.getMessage().contains("of warp 1 at test.cu.cu:5:"), fault.getMessage());
  }

  @Test
  void reportsAMissingWaitForACopy() {
    fault(FaultKind.COPY_IN_FLIGHT, 4, """
        asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" :: "r"(sptr(s + t)), "l"(in + t) : "memory");
        asm volatile("cp.async.commit_group;" ::: "memory"); __syncthreads();
        out[t] = s[t];
        """);
  }

  @Test
  void reportsAMissingBarrierBehindAWait() {
    fault(FaultKind.SHARED_RACE, 4, """
        asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" :: "r"(sptr(s + t)), "l"(in + t) : "memory");
        asm volatile("cp.async.wait_all;" ::: "memory");
        out[t] = t < 32 ? 0 : s[t - 32];
        """);
  }

  @Test
  void reportsDivergentBarriers() {
    fault(FaultKind.DIVERGENT_BARRIER, 2, """
        if (in[t] + t < 5) asm volatile("bar.sync 0;" ::: "memory"); else out[t] = 2;
        """);
  }

  @Test
  void reportsDivergentShuffles() {
    fault(FaultKind.DIVERGENT_BARRIER, 3, """
        if (t % 2) {
          asm volatile("shfl.sync.bfly.b32 %0, %1, 1, 31, 0xffffffff;" : "=r"(out[t]) : "r"(t));
        }
        """);
  }

  @Test
  void reportsDeadlocks() {
    fault(FaultKind.DEADLOCK, 2, """
        if (t < 32) asm volatile("bar.sync 1, 64;" ::: "memory"); else asm volatile("bar.sync 2, 64;" ::: "memory");
        """);
  }

  @Test
  void reportsOutputsNeverWritten() {
    KernelFault fault = assertThrows(KernelFault.class, () -> run("if (t != 17) out[t] = 1;"));
    assertEquals(FaultKind.OUTPUT_NOT_WRITTEN, fault.kind());
    assertTrue(fault.getMessage().contains("byte 68 of an output of 256 bytes"), fault.getMessage());
  }

  @Test
  void reportsWritesOutsideOfTheOutputs() {
    fault(FaultKind.OUTSIDE_OUTPUT, 3, """
        out[t] = 1;
        other[t] = 1;
        """);
  }

  @Test
  void namesInstructionsItLacks() {
    KernelFault fault = fault(FaultKind.UNSUPPORTED, 2, """
        asm volatile("txq_unknown" "; " ::: "memory");
        """.replace("\"txq_unknown\" \"; \"", "\"bar.red.popc.u32 %0, 0, 1;\"").replace(" ::: \"memory\"",
        " : \"=r\"(out[t])"));
    assertTrue(fault.getMessage().contains("bar.red.popc.u32"), fault.getMessage());
  }
}
