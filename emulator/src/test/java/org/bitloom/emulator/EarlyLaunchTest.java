package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.List;

import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.exec.Start;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Kernels that start while earlier ones run may touch what nobody writes, and the rest once they have waited. */
class EarlyLaunchTest {
  private static final int THREADS = 64;
  private static final String WAIT = "asm volatile(\"griddepcontrol.wait;\" ::: \"memory\");\n";

  /** Runs {@code body} on two warps, early: 64 numbers that no kernel writes, 64 that one may, 64 results. */
  private static void run(String body) {
    String text = "extern \"C\" __global__ void k(const int* settled, const int* x, int* y) { "
        + "__shared__ int s[64]; int t = threadIdx.x;\n" + body + "\n}";
    try (Emulator e = new Emulator(1); KernelModule module = e.load(Cuda.ptx(text))) {
      Allocation settled = e.memory().allocate("settled", 4 * THREADS);
      Allocation x = e.memory().allocate("x", 4 * THREADS);
      Allocation y = e.memory().allocate("y", 4 * THREADS);
      e.memory().upload(MemorySegment.ofArray(new int[THREADS]), settled.base());
      e.memory().upload(MemorySegment.ofArray(new int[THREADS]), x.base());
      e.launchChecked(module, "k",
          Emulator.Shape.of(1, THREADS, 0)
              .at(new Start.Early(List.of(new Grid.Range(settled.base(), settled.bytes())))),
          new Arguments().add(settled.base()).add(x.base()).add(y.base()), new Grid.Range(y.base(), y.bytes()),
          List.of());
    }
  }

  private static void assertEarly(String what, String body) {
    KernelFault fault = assertThrows(KernelFault.class, () -> run(body));
    assertEquals(FaultKind.EARLY_ACCESS, fault.kind(), fault.getMessage());
    assertTrue(fault.getMessage().contains(what), fault.getMessage());
  }

  @Test
  void acceptsAKernelThatWaitsBeforeItReads() {
    run("int v = settled[t];\n" + WAIT + "y[t] = v + x[t];");
  }

  @Test
  void reportsAReadBeforeTheWait() {
    assertEarly("read of 4 bytes at byte 0 of 'x'",
        "int v; asm volatile(\"ld.global.s32 %0, [%1];\" : \"=r\"(v) : \"l\"(x + t) : \"memory\");\n" + WAIT
            + "y[t] = v;");
  }

  @Test
  void reportsAWriteWithoutAWait() {
    assertEarly("write of 4 bytes at byte 0 of 'y'", "y[t] = settled[t];");
  }

  @Test
  void reportsACopyBeforeTheWait() {
    assertEarly("read of 4 bytes at byte 0 of 'x'",
        "asm volatile(\"cp.async.ca.shared.global [%0], [%1], 4;\" :: \"r\"(sptr(s + t)), \"l\"(x + t) : \"memory\");\n"
            + WAIT + "asm volatile(\"cp.async.wait_all;\" ::: \"memory\"); y[t] = s[t];");
  }

  @Test
  void oneWarpWaitsForThoseThatMeetItAfter() {
    run("if (t < 32) {\n" + WAIT + "}\n__syncthreads();\ny[t] = x[t];");
  }

  @Test
  void reportsAWarpThatMetTheWaitingOneBeforeItWaited() {
    assertEarly("lane 0 of warp 1", "__syncthreads();\nif (t < 32) {\n" + WAIT + "}\ny[t] = x[t];");
  }
}
