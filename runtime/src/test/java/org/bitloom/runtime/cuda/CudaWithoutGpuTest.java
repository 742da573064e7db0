package org.bitloom.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

import jcuda.driver.CUresult;
import org.bitloom.runtime.compile.CompileRequest;
import org.bitloom.runtime.compile.CompiledKernel;
import org.bitloom.runtime.compile.Nvrtc;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@SuppressWarnings("restricted") // looks at native memory and libraries
class CudaWithoutGpuTest {
  @Test
  void handlesKeepAll64Bits() {
    long handle = 0x7fff_1234_5678_9abcL;
    assertEquals(handle, NativeHandles.value(NativeHandles.stream(handle)));
    assertEquals(handle, NativeHandles.value(NativeHandles.context(handle)));
    assertEquals(handle, NativeHandles.value(NativeHandles.host(handle)));
    assertEquals(handle, NativeHandles.value(NativeHandles.device(handle)));
  }

  @Test
  void heapMemoryHasNoAddress() {
    assertThrows(IllegalArgumentException.class, () -> NativeHandles.host(MemorySegment.ofArray(new byte[4])));
  }

  @Test
  void errorsNameTheCallTheCodeAndAHint() {
    CudaException e = new CudaException("cuMemAlloc(8 bytes)", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    assertTrue(e.getMessage().startsWith("cuMemAlloc(8 bytes) failed: CUDA_ERROR_OUT_OF_MEMORY (2). The GPU has too "),
        e.getMessage());
    assertEquals(2, e.code());
    assertTrue(new CudaException("cuX", 700).getMessage().contains("outside its arguments"));
    assertTrue(new CudaException("cuX", 123456).getMessage().contains("123456"));
  }

  @Test
  void hopperGetsItsOwnArchitecture() {
    assertEquals("sm_90a", CudaContext.arch(9, 0));
    assertEquals("sm_80", CudaContext.arch(8, 0));
    assertEquals("sm_120", CudaContext.arch(12, 0));
  }

  @Test
  void theKernelOfTheGpuTestsCompiles() {
    CompiledKernel kernel = Nvrtc.standard()
        .compile(new CompileRequest("linear_test", CudaDeviceTest.CUDA, "sm_90a", List.of("-DSTAGES=2")));
    assertEquals(0, kernel.entry("linear_test").orElseThrow().spillBytes());
  }

  @Test
  void argumentsAreAnArrayOfPointers() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointers = CudaFunction.arguments(arena, 5, 1L << 40);
      assertEquals(16, pointers.byteSize());
      MemorySegment second = MemorySegment.ofAddress(pointers.getAtIndex(ValueLayout.JAVA_LONG, 1)).reinterpret(8);
      assertEquals(1L << 40, second.get(ValueLayout.JAVA_LONG, 0));
    }
  }
}
